package dev.lockstep.app.report;

import dev.lockstep.app.process.ProductVersion;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.StandardOutput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
   * Value of {@code changes} in a report about findings from files. It means that no changes are
   * counted, because files do not change.
   */
  private static final long FILE = -1;

  private static final String STANDARD_INPUT = "-";

  /** Command in two parts, between which the page inserts the id of a finding or an incident. */
  public record IdCommand(String before, String after) {}

  public ReportOrigin after(long number) {
    return new ReportOrigin(kind, version, config, explain, explainIncident, accept, number);
  }

  boolean isLive() {
    return changes >= 0;
  }

  /**
   * Returns an origin without a configuration file, and without commands that explain or accept
   * findings.
   */
  public static ReportOrigin plain(String kind, String version) {
    return new ReportOrigin(kind, version, null, null, null, null, FILE);
  }

  /**
   * Returns the origin of the findings of a replay or the demo, which read captured logs. It has
   * commands that explain or accept a finding. A command that would read the standard input again
   * is null.
   *
   * @param config configuration file, or null without one
   * @param paths captured logs
   * @param detections file with the findings, or null if none was written
   */
  public static ReportOrigin of(
      String kind, @Nullable Path config, List<String> paths, @Nullable String detections) {
    List<String> options = config == null ? List.of() : List.of("--config", config.toString());
    boolean isReadOnce = paths.contains(STANDARD_INPUT);
    return new ReportOrigin(
        kind,
        ProductVersion.number(),
        config == null ? null : config.toString(),
        isReadOnce ? null : explain("--detection", options, paths),
        isReadOnce ? null : explain("--incident", options, paths),
        detections == null || StandardOutput.isNamed(detections)
            ? null
            : accept(options, "--detections", detections),
        FILE);
  }

  /**
   * Returns the origin of the findings of a running service. The command that accepts a finding
   * reads the topic of detections.
   */
  public static ReportOrigin ofService(@Nullable Path config) {
    List<String> options = config == null ? List.of() : List.of("--config", config.toString());
    return new ReportOrigin(
        "service",
        ProductVersion.number(),
        config == null ? null : config.toString(),
        null,
        null,
        accept(options),
        FILE);
  }

  private static IdCommand explain(String about, List<String> options, List<String> paths) {
    List<String> before = new ArrayList<>(List.of("explain"));
    before.addAll(options);
    before.add(about);
    return new IdCommand(
        ShellCommand.call(ShellCommand.words(before) + " "), " " + ShellCommand.words(paths));
  }

  private static IdCommand accept(List<String> options, String... more) {
    List<String> after = new ArrayList<>(options);
    after.addAll(List.of(more));
    after.add("--dry-run");
    return new IdCommand(ShellCommand.call("accept "), " " + ShellCommand.words(after));
  }
}
