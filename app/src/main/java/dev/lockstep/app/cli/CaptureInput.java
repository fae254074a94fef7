package dev.lockstep.app.cli;

import dev.lockstep.app.terminal.Progress;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The captured logs that a command reads, and how it says how far it is. */
final class CaptureInput {
  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description = "Files or folders; - is standard input.")
  private List<String> paths = List.of();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /**
   * Returns the files and folders that were named.
   *
   * @throws CommandLine.ParameterException if one is empty
   */
  List<String> paths() {
    if (paths.stream().anyMatch(String::isBlank)) {
      throw new CommandLine.ParameterException(spec.commandLine(), "a PATH is empty");
    }
    return paths;
  }

  /** Returns a bar on a terminal, lines elsewhere, or nothing if asked so. */
  Progress progress() {
    return Progress.of(quiet);
  }
}
