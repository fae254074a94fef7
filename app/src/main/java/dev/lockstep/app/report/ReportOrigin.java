package dev.lockstep.app.report;

import org.jspecify.annotations.Nullable;

/**
 * Origin of the findings in a report: files or a running service, with commands that explain or
 * accept a finding.
 *
 * @param kind word for the title, such as {@code replay}
 * @param version version of the program
 * @param config configuration file, or null if there is none to name
 * @param explain command that explains a finding, or null if it would not find the finding
 * @param explainIncident command that explains an incident, or null if it would not find the
 *     incident
 * @param accept command that accepts a finding as expected, or null if it would not find the
 *     finding
 * @param changes number of changes of a running service's findings so far, or -1 for a file
 */
public record ReportOrigin(
    String kind,
    String version,
    @Nullable String config,
    @Nullable IdCommand explain,
    @Nullable IdCommand explainIncident,
    @Nullable IdCommand accept,
    long changes) {
  /**
   * Marker that a report is about files, and not about the findings of a running service. It takes
   * the place of the number of changes of these findings, because findings in files never change.
   */
  public static final long FILE = -1;

  /** Command in two parts, between which the page inserts the id of a finding or an incident. */
  public record IdCommand(String before, String after) {}

  /**
   * Returns a copy with the number of times that the findings of a running service have changed so
   * far.
   */
  public ReportOrigin after(long number) {
    return new ReportOrigin(kind, version, config, explain, explainIncident, accept, number);
  }

  boolean isLive() {
    return changes >= 0;
  }

  /**
   * Returns the origin of the findings in a report that shows no configuration file and no commands
   * to explain or accept findings.
   */
  public static ReportOrigin plain(String kind, String version) {
    return new ReportOrigin(kind, version, null, null, null, null, FILE);
  }
}
