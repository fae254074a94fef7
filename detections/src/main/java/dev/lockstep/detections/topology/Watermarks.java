package dev.lockstep.detections.topology;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Watermarks that a task has received from the tasks whose output it reads, by the name of the
 * sending task. Each is the arrival time up to which the sender has passed on everything. The
 * task's own watermark is the earliest of them, and its grace is the latest grace of any sender.
 * The task's own watermark is unknown until each sender has sent one.
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
   * Creates an empty collection for the watermarks of the named tasks of the topology. Watermarks
   * of any other task are ignored.
   */
  Watermarks(Set<String> expected) {
    this.expected = Set.copyOf(expected);
  }

  void take(Watermark watermark) {
    if (!expected.contains(watermark.stage())) {
      return;
    }
    grace = Math.max(grace, watermark.grace());
    Long graceBefore = graces.put(watermark.stage(), watermark.grace());
    // Earlier records of a task may have been due on arrival, by another task's grace.
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

  /**
   * Returns whether an overdue record may have come since this method was last called. A record is
   * overdue if the service had stopped waiting for records with its arrival time. The result is
   * true if a watermark says so. It is also true if the grace of a task is new or has grown: by the
   * grace of another task, earlier records of that task may have been overdue.
   */
  boolean takeOverdue() {
    boolean taken = overdue;
    overdue = false;
    return taken;
  }
}
