package dev.lockstep.ingest.cluster;

import java.util.PriorityQueue;

/**
 * How far the arrivals of one source partition have come: the highest arrival time seen, in
 * milliseconds since 1970, except that a jump of more than a day ahead is believed only when 16
 * records at or beyond it have come.
 *
 * <p>The first record is taken as it is. Until 16 records have borne a clock out, one that lies
 * more than a day behind it takes it back: so a single record from the future cannot stay the
 * clock, whether it comes first, later, or was stored. Not safe for use by several threads.
 */
public final class ArrivalClock {
  private static final long JUMP_MILLIS = 86_400_000L;
  private static final int BELIEVED = 16;

  /** After so many nearer records, what lay far ahead was not the beginning of a jump. */
  private static final int FORGOTTEN = 256;

  private final PriorityQueue<Long> ahead = new PriorityQueue<>();
  private long clockAt;
  private int support;
  private int nearerSinceAhead;

  /** Starts with a clock that was stored, or with 0: not yet known. */
  public ArrivalClock(long storedAt) {
    this.clockAt = Math.max(0, storedAt);
  }

  /** Returns the clock, or 0 if it is not yet known. */
  public long at() {
    return clockAt;
  }

  /** Takes note of an arrival; what is not after 1970 is no time and is ignored. */
  public void observe(long arrivalAt) {
    if (arrivalAt <= 0) {
      return;
    }
    if (clockAt == 0) {
      clockAt = arrivalAt;
      support = 1;
    } else if (arrivalAt - JUMP_MILLIS > clockAt) {
      observeAhead(arrivalAt);
    } else if (arrivalAt < clockAt - JUMP_MILLIS) {
      if (support < BELIEVED) {
        takeBack(arrivalAt);
      }
    } else {
      clockAt = Math.max(clockAt, arrivalAt);
      support = Math.min(BELIEVED, support + 1);
      if (!ahead.isEmpty() && ++nearerSinceAhead >= FORGOTTEN) {
        ahead.clear();
      }
    }
  }

  private void observeAhead(long arrivalAt) {
    if (ahead.isEmpty()) {
      nearerSinceAhead = 0;
    }
    ahead.add(arrivalAt);
    if (ahead.size() < BELIEVED) {
      return;
    }
    clockAt = ahead.remove();
    support = BELIEVED;
    while (!ahead.isEmpty() && ahead.peek() - JUMP_MILLIS <= clockAt) {
      clockAt = ahead.remove();
    }
  }

  private void takeBack(long arrivalAt) {
    for (int i = 0; i < support && ahead.size() < BELIEVED - 1; i++) {
      ahead.add(clockAt);
    }
    nearerSinceAhead = 0;
    clockAt = arrivalAt;
    support = 1;
  }
}
