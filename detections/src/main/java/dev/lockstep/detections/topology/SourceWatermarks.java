package dev.lockstep.detections.topology;

import java.util.HashMap;
import java.util.Map;

/**
 * Watermarks of source partitions: the lowest over those that are not idle. State is evicted by it,
 * so that a slow source does not find its neighbours' state gone. Beside it, the furthest time up
 * to which a source waits for nothing more.
 */
final class SourceWatermarks {
  /** Nothing is known yet: nothing may be evicted. */
  static final long UNKNOWN = 0;

  private static final long DAY_MILLIS = 86_400_000L;

  /**
   * An origin that was last heard of when the others were so far behind where they are now is one
   * that was taken out of the configuration. An archive that is being read is as far behind and is
   * heard of all the time.
   */
  private static final long GONE_MILLIS = 35 * DAY_MILLIS;

  private final Map<String, Origin> origins = new HashMap<>();
  private long low = UNKNOWN;
  private long grace = UNKNOWN;

  /**
   * Last word of an origin.
   *
   * @param lowAt its watermark
   * @param furthestAt how far the furthest was then
   * @param idle if nothing has come from it for a while
   */
  private record Origin(long lowAt, long furthestAt, boolean idle) {}

  /** Takes the watermark of an origin. */
  void take(String origin, long lowAt, boolean isIdle) {
    Origin before = origins.get(origin);
    if (lowAt == UNKNOWN && !isIdle && before != null) {
      return; // somebody else only knows that it is there
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
   * Takes up what an origin said before a restart. The lowest follows with the next word of any
   * origin, when all are known again.
   */
  void restore(String origin, long lowAt, boolean isIdle, long furthestAt) {
    origins.put(origin, new Origin(lowAt, Math.max(lowAt, furthestAt), isIdle));
  }

  /** Takes up to which arrival time an origin waits for nothing more. */
  void takeGrace(long graceAt) {
    grace = Math.max(grace, graceAt);
  }

  /** Returns the furthest watermark, or {@link #UNKNOWN}. */
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
