package dev.lockstep.detections.topology;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Watermarks of the tasks that a task reads from, by name. The lowest of them is its own; of graces
 * the furthest counts. A task that has not been heard of yet holds the lowest at unknown.
 */
final class Watermarks {
  private static final long UNKNOWN = 0;

  private final Set<String> expected;
  private final Map<String, Long> lows = new HashMap<>();
  private final Map<String, Long> graces = new HashMap<>();
  private long low = UNKNOWN;
  private long grace = UNKNOWN;
  private boolean overdue;

  /**
   * @param expected names of the tasks that are waited for; any other's watermark is ignored
   */
  Watermarks(Set<String> expected) {
    this.expected = Set.copyOf(expected);
  }

  /** Takes the watermark that came with a record. */
  void take(Watermark watermark) {
    if (!expected.contains(watermark.stage())) {
      return;
    }
    grace = Math.max(grace, watermark.grace());
    Long graceBefore = graces.put(watermark.stage(), watermark.grace());
    // What a task brought before may have been due when it came: by another's grace, not its own.
    overdue |= watermark.overdue() || graceBefore == null || graceBefore < watermark.grace();
    Long before = lows.get(watermark.stage());
    if (before != null && before >= watermark.low()) {
      return;
    }
    lows.put(watermark.stage(), watermark.low());
    if (lows.size() == expected.size()) {
      long lowest = Long.MAX_VALUE;
      for (long each : lows.values()) {
        lowest = Math.min(lowest, each);
      }
      low = Math.max(low, lowest);
    }
  }

  long low() {
    return low;
  }

  long grace() {
    return Math.max(grace, low);
  }

  /** Returns if something may have come that was due already, since it was asked last. */
  boolean takeOverdue() {
    boolean taken = overdue;
    overdue = false;
    return taken;
  }
}
