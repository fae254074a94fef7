package dev.lockstep.ingest.cluster;

import dev.lockstep.schemas.Position;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Tracker of one source partition's watermark, and of whether the partition is idle. It also tracks
 * the grace time: a wait for further records is over if it ends at or before this time. {@link
 * #isDue} tells when watermark, idleness and grace time have to be announced again. Not safe for
 * use by several threads.
 */
final class PartitionWatermark {
  private static final long IDLE_MILLIS = Duration.ofMinutes(10).toMillis();
  private static final long STEP_MILLIS = Duration.ofMinutes(10).toMillis();
  private static final long PAUSE_MILLIS = Duration.ofSeconds(5).toMillis();
  private static final long READ_UP_MILLIS = Duration.ofSeconds(5).toMillis();
  private static final long LIVE_DELAY_MILLIS = Duration.ofMinutes(1).toMillis();

  /**
   * Time between announcements that a capture has been read to its end. An instance that takes over
   * a task has not received the earlier announcements.
   */
  private static final long ENDED_PAUSE_MILLIS = Duration.ofSeconds(15).toMillis();

  /**
   * Time added to the latest arrival time of a capture that was read to its end, so that nothing
   * waits for later records. It is longer than a call's wait for its link plus the grace of a rule.
   */
  private static final long ENDED_MILLIS = Duration.ofMinutes(122).toMillis();

  private final boolean live;
  private final InstantSource clock;
  private HighestArrival highest = new HighestArrival(0);
  private long furthest;
  private long readAt;
  private boolean idle;
  private boolean readUp;
  private long announcedAt;
  private long announcedArrivalAt;
  private boolean announcedIdle;
  private boolean announcedReadUp;

  PartitionWatermark(boolean live, InstantSource clock) {
    this.live = live;
    this.clock = clock;
  }

  void begin(Position position) {
    highest = new HighestArrival(notAhead(position.getClockAt()));
    furthest = position.getFurthestAt();
    restartIdleCount();
  }

  /**
   * Takes a record's arrival time into account, and returns it. For a live source, the result is
   * not later than the present time.
   */
  long observe(long arrivalAt) {
    long at = notAhead(arrivalAt);
    highest.observe(at);
    furthest = Math.max(furthest, Math.min(arrivalAt, Long.MAX_VALUE - ENDED_MILLIS));
    return at;
  }

  private long notAhead(long arrivalAt) {
    // No record can arrive in the future. A time in the future would make other sources count as
    // far behind.
    return live ? Math.min(arrivalAt, clock.millis()) : arrivalAt;
  }

  /**
   * Restarts the count of the time without messages, after a message or while the source does not
   * answer. The partition then counts neither as read to its present end nor as idle, because the
   * source may have unread messages.
   */
  void restartIdleCount() {
    readAt = clock.millis();
    idle = false;
    readUp = false;
  }

  /**
   * Records that the source had no new message. After 5 seconds without messages the partition
   * counts as read to its end, and after 10 minutes as idle. If {@code ended} is true, it is idle
   * as soon as it counts as read to its end.
   *
   * @param ended whether all of a capture has been read, so that nothing has to wait for the
   *     partition
   */
  void readNothing(boolean ended) {
    long nothingFor = clock.millis() - readAt;
    readUp = nothingFor >= READ_UP_MILLIS;
    idle = nothingFor >= IDLE_MILLIS || (ended && readUp);
  }

  /** Returns the watermark in milliseconds since 1970, or 0 if it is unknown. */
  long at() {
    return highest.at();
  }

  /**
   * Returns whether the partition counts as read up to its present end. That is so after at least 5
   * seconds without a message. This alone does not make it idle.
   */
  boolean isReadUp() {
    return readUp;
  }

  /**
   * Returns whether the partition is idle, so that old state is dropped without waiting for the
   * partition's watermark. It is idle if it has brought no message for at least 10 minutes, or is a
   * capture that has been read to its end.
   */
  boolean isIdle() {
    return idle;
  }

  /**
   * Returns the arrival time up to which rules and calls no longer wait for records, judged by this
   * partition alone. A wait is over if it ends at or before this time. A rule waits for its grace,
   * in which missing facts do not yet count as absent, and a call waits for its identity link. The
   * latest such time of all partitions counts. The time is the watermark until the partition is
   * read to its present end. From then on it is, for a live source, a minute before the present, or
   * the watermark if that is later. For a capture it is beyond every grace after the latest arrival
   * time, even if the watermark does not confirm that time yet.
   */
  long graceAt() {
    if (!readUp) {
      return highest.at();
    }
    if (!live) {
      return furthest == 0 ? 0 : furthest + ENDED_MILLIS;
    }
    return Math.max(highest.at(), clock.millis() - LIVE_DELAY_MILLIS);
  }

  boolean isDue() {
    if (idle != announcedIdle || readUp != announcedReadUp) {
      return true;
    }
    if (readUp && clock.millis() - announcedAt >= (live ? LIVE_DELAY_MILLIS : ENDED_PAUSE_MILLIS)) {
      return true;
    }
    long step = Math.abs(highest.at() - announcedArrivalAt);
    return step >= STEP_MILLIS || (step > 0 && clock.millis() - announcedAt >= PAUSE_MILLIS);
  }

  void announced() {
    announcedAt = clock.millis();
    announcedArrivalAt = highest.at();
    announcedIdle = idle;
    announcedReadUp = readUp;
  }

  void store(Position position) {
    position.setClockAt(highest.at());
    position.setFurthestAt(furthest);
  }
}
