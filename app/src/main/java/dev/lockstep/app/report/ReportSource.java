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
 */
public record ReportSource(
    String kind,
    String version,
    @Nullable String config,
    @Nullable IdCommand explain,
    @Nullable IdCommand explainIncident,
    @Nullable IdCommand accept) {

  /** Command around an id. */
  public record IdCommand(String before, String after) {}

  /** Returns an origin without configuration file and commands. */
  public static ReportSource plain(String kind, String version) {
    return new ReportSource(kind, version, null, null, null, null);
  }
}
