package dev.lockstep.ingest.cluster;

import java.util.PriorityQueue;

/**
 * Tracker of the highest arrival time in one source partition, protected against wrong times far in
 * the future. The time is in milliseconds since 1970.
 *
 * <p>A jump of more than a day ahead counts only once 16 records have times that far ahead. The
 * first record always counts. Until 16 records have confirmed the time, a record more than a day
 * behind resets it. So a single record from the future cannot keep the time ahead, whether it comes
 * first, comes later, or was stored. Not safe for use by several threads.
 */
public final class HighestArrival {
  private static final long JUMP_MILLIS = 86_400_000L;
  private static final int BELIEVED = 16;

  /**
   * Number of credible arrival times after which times far in the future are discarded as errors. A
   * time is far in the future if it is more than a day after the highest credible one. It is
   * credible if it is at most a day before or after that one; older times do not count. The
   * credible times need not come in a row. The count begins with the first time far in the future,
   * or with a reset.
   */
  private static final int CREDIBLE_UNTIL_DISCARD = 256;

  private final PriorityQueue<Long> ahead = new PriorityQueue<>();
  private long highestAt;
  private int support;
  private int credibleSinceAhead;

  /** Creates a tracker that begins with the stored arrival time. 0 means that none is known. */
  public HighestArrival(long storedAt) {
    this.highestAt = Math.max(0, storedAt);
  }

  /**
   * Returns the highest credible arrival time so far, or 0 if none is known. A jump of more than a
   * day ahead counts only once 16 records support it.
   */
  public long at() {
    return highestAt;
  }

  /** Takes the arrival time of a record into account, if it is positive. */
  public void observe(long arrivalAt) {
    if (arrivalAt <= 0) {
      return;
    }
    if (highestAt == 0) {
      highestAt = arrivalAt;
      support = 1;
    } else if (arrivalAt - JUMP_MILLIS > highestAt) {
      observeAhead(arrivalAt);
    } else if (arrivalAt < highestAt - JUMP_MILLIS) {
      if (support < BELIEVED) {
        retract(arrivalAt);
      }
    } else {
      highestAt = Math.max(highestAt, arrivalAt);
      support = Math.min(BELIEVED, support + 1);
      while (!ahead.isEmpty() && ahead.peek() - JUMP_MILLIS <= highestAt) {
        ahead.remove(); // no longer far ahead
      }
      if (!ahead.isEmpty() && ++credibleSinceAhead >= CREDIBLE_UNTIL_DISCARD) {
        ahead.clear();
      }
    }
  }

  private void observeAhead(long arrivalAt) {
    if (ahead.isEmpty()) {
      credibleSinceAhead = 0;
    }
    ahead.add(arrivalAt);
    if (ahead.size() < BELIEVED) {
      return;
    }
    highestAt = ahead.remove();
    support = BELIEVED;
    while (!ahead.isEmpty() && ahead.peek() - JUMP_MILLIS <= highestAt) {
      highestAt = ahead.remove();
    }
  }

  private void retract(long arrivalAt) {
    for (int i = 0; i < support && ahead.size() < BELIEVED - 1; i++) {
      ahead.add(highestAt);
    }
    credibleSinceAhead = 0;
    highestAt = arrivalAt;
    support = 1;
  }
}
