package dev.lockstep.detections.topology;

import java.util.HashMap;
import java.util.Map;

/**
 * Watermarks of source partitions, and their minimum over partitions that are not idle, by which
 * state is evicted. So the state that a slow source needs is kept. The class also keeps the
 * furthest grace, the time up to which a source waits for nothing more.
 */
final class SourceWatermarks {
  /** Watermark that is not known yet. Nothing may be evicted by it. */
  static final long UNKNOWN = 0;

  private static final long DAY_MILLIS = 86_400_000L;

  /**
   * Age of a source partition's last report above which the partition counts as removed. An archive
   * that is being read may lag as far, but it reports all the time.
   */
  private static final long GONE_MILLIS = 35 * DAY_MILLIS;

  private final Map<String, Origin> origins = new HashMap<>();
  private long low = UNKNOWN;
  private long grace = UNKNOWN;

  /**
   * Last watermark that one source partition has reported.
   *
   * @param lowAt watermark of the source partition
   * @param furthestAt furthest watermark of all source partitions at that time
   * @param idle if the source partition is idle
   */
  private record Origin(long lowAt, long furthestAt, boolean idle) {}

  void take(String origin, long lowAt, boolean isIdle) {
    Origin before = origins.get(origin);
    if (lowAt == UNKNOWN && !isIdle && before != null) {
      return; // an announcement only says that the source exists
    }
    long at = before == null ? lowAt : Math.max(before.lowAt(), lowAt);
    long highest = Math.max(highest(), at);
    origins.put(origin, new Origin(at, highest, isIdle));
    long lowest = Long.MAX_VALUE;
    for (Origin each : origins.values()) {
      boolean gone = each.lowAt() != UNKNOWN && each.furthestAt() < highest - GONE_MILLIS;
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
   */
  void restore(String origin, long lowAt, boolean isIdle, long furthestAt) {
    origins.put(origin, new Origin(lowAt, Math.max(lowAt, furthestAt), isIdle));
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
