package dev.lockstep.detections.topology;

import java.util.HashMap;
import java.util.Map;

/**
 * Table of the watermarks of source partitions, which computes their minimum. Idle partitions do
 * not count for it. State is evicted by the minimum, so the state that a slow source needs is kept.
 * The class also keeps the latest arrival time up to which a source partition waits for nothing
 * more.
 */
final class SourceWatermarks {
  /** Value that stands for a watermark that is not known yet. Nothing may be evicted by it. */
  static final long UNKNOWN = 0;

  private static final long DAY_MILLIS = 86_400_000L;

  /**
   * Age of a source partition's last report above which the partition counts as removed. An archive
   * that is being read may lag as far, but it reports all the time. The age is how far the furthest
   * watermark has advanced since the report. If the partition has no watermark yet, the age is the
   * time from the report to now.
   */
  private static final long GONE_MILLIS = 35 * DAY_MILLIS;

  private final Map<String, Origin> origins = new HashMap<>();
  private long low = UNKNOWN;
  private long grace = UNKNOWN;

  /**
   * Last watermark that one source partition has reported.
   *
   * @param lowAt watermark of the source partition
   * @param reportedAt furthest watermark of all source partitions when this one last reported;
   *     before its first watermark, the wall clock at its last report
   * @param idle if the source partition is idle
   */
  private record Origin(long lowAt, long reportedAt, boolean idle) {
    boolean isAwaited() {
      return lowAt == UNKNOWN && !idle;
    }
  }

  /**
   * Applies the report of a source partition: its watermark and whether it is idle. If the
   * watermark is {@link #UNKNOWN} and the partition is not idle, the report only says that the
   * partition exists.
   *
   * @param now present time in milliseconds since 1970
   */
  void take(String origin, long lowAt, boolean isIdle, long now) {
    Origin before = origins.get(origin);
    if (lowAt == UNKNOWN
        && !isIdle
        && before != null) { // the report only says that the partition exists
      if (before.isAwaited()) {
        origins.put(origin, new Origin(UNKNOWN, now, false));
      }
      return;
    }
    long at = before == null ? lowAt : Math.max(before.lowAt(), lowAt);
    long highest = Math.max(highest(), at);
    origins.put(origin, new Origin(at, at == UNKNOWN ? now : highest, isIdle));
    long lowest = Long.MAX_VALUE;
    for (Origin each : origins.values()) {
      long present = each.lowAt() == UNKNOWN ? now : highest;
      boolean gone = each.reportedAt() < present - GONE_MILLIS;
      if (!gone && !each.idle()) {
        lowest = Math.min(lowest, each.lowAt());
      }
    }
    if (lowest != Long.MAX_VALUE) {
      low = Math.max(low, lowest);
    }
  }

  /**
   * Restores a watermark that was stored before a restart. The minimum is computed at the next
   * report of any source partition, when all are known again.
   *
   * @param reportedAt time that {@link #reportedAt} returned for the source partition
   */
  void restore(String origin, long lowAt, boolean isIdle, long reportedAt) {
    origins.put(origin, new Origin(lowAt, Math.max(lowAt, reportedAt), isIdle));
  }

  /**
   * Returns the furthest watermark of all source partitions at the time of a source partition's
   * last report. Before the partition's first watermark the result is the wall clock at the last
   * report. Without any report it is {@link #UNKNOWN}. The age of the report is measured from this
   * time.
   */
  long reportedAt(String origin) {
    Origin last = origins.get(origin);
    return last == null ? UNKNOWN : last.reportedAt();
  }

  /**
   * Returns whether the first watermark of a source partition is still waited for. Such a partition
   * was announced, and has not reported that it is idle.
   */
  boolean isAwaited(String origin) {
    Origin last = origins.get(origin);
    return last != null && last.isAwaited();
  }

  void takeGrace(long graceAt) {
    grace = Math.max(grace, graceAt);
  }

  long highest() {
    long highest = UNKNOWN;
    for (Origin each : origins.values()) {
      highest = Math.max(highest, each.lowAt());
    }
    return highest;
  }

  long low() {
    return low;
  }

  long grace() {
    return Math.max(grace, low);
  }
}
