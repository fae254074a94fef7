package dev.lockstep.detections.topology;

/**
 * Progress of a task as two arrival times. Up to the first, everything has passed the task; up to
 * the second, all waits are over. It also tells whether records may have come for which the service
 * had stopped waiting. Both times are milliseconds since 1970; 0 is unknown.
 *
 * @param stage name of the task, for example {@code principal-3}
 * @param low time up to which everything has passed the task
 * @param grace latest arrival time up to which a source partition waits for nothing more; waits of
 *     rules and calls that end at or before it are over
 * @param overdue whether records may have come for which the service had stopped waiting; they make
 *     work due even if {@code grace} stays the same
 */
record Watermark(String stage, long low, long grace, boolean overdue) {
  static String stage(String name, int partition) {
    return name + "-" + partition;
  }
}
