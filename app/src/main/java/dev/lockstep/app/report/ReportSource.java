package dev.lockstep.app.report;

import org.jspecify.annotations.Nullable;

/**
 * Origin of a report's findings, with the commands that say more about one.
 *
 * @param kind word for the title, such as {@code replay}
 * @param version version of the program
 * @param config configuration file, or null if there is none to name
 * @param explain command about a finding, or null if none would find it
 * @param explainIncident command about an incident, or null if none would find it
 * @param accept command that writes down that a finding is expected, or null if none would find it
 * @param changes number of changes of a running service's findings so far, or -1 for a file
 */
public record ReportSource(
    String kind,
    String version,
    @Nullable String config,
    @Nullable IdCommand explain,
    @Nullable IdCommand explainIncident,
    @Nullable IdCommand accept,
    long changes) {
  /** Number of changes of what does not change. */
  public static final long FILE = -1;

  /** Command around an id. */
  public record IdCommand(String before, String after) {}

  /** Returns this origin for a running service, after a number of changes. */
  public ReportSource after(long number) {
    return new ReportSource(kind, version, config, explain, explainIncident, accept, number);
  }

  /** Returns whether the page is that of a running service, which it asks for news. */
  boolean isLive() {
    return changes >= 0;
  }

  /** Returns an origin without configuration file and commands. */
  public static ReportSource plain(String kind, String version) {
    return new ReportSource(kind, version, null, null, null, null, FILE);
  }
}
