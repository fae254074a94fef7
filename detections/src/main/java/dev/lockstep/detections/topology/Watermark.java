package dev.lockstep.detections.topology;

/**
 * Progress of a task of a stage, in arrival times, milliseconds since 1970; 0 is unknown.
 *
 * @param stage name of the task, e.g. {@code principal-3}
 * @param low up to which everything has passed it
 * @param grace up to which nothing more is waited for, by the furthest source
 * @param overdue if a source is idle that brought what was overdue when it came
 */
record Watermark(String stage, long low, long grace, boolean overdue) {
  /** Returns the name of a task. */
  static String stage(String name, int partition) {
    return name + "-" + partition;
  }
}
