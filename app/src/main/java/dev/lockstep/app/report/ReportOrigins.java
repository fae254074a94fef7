package dev.lockstep.app.report;

import dev.lockstep.app.process.ProductVersion;
import dev.lockstep.app.report.ReportOrigin.IdCommand;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.StandardOutput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Factory of a {@link ReportOrigin} for the files of a replay or for a running service. */
public final class ReportOrigins {
  private static final String STANDARD_INPUT = "-";

  private ReportOrigins() {}

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
        ReportOrigin.FILE);
  }

  /**
   * Returns the origin of the findings of a running service. Its accept command reads the topic.
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
        ReportOrigin.FILE);
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
