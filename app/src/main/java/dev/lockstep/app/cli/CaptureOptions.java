package dev.lockstep.app.cli;

import dev.lockstep.app.terminal.Progress;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Option group of the captured logs that a command reads, and of its progress display. */
final class CaptureOptions {
  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description = "Files or folders with captured logs; - is standard input.")
  private List<String> paths = List.of();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  List<String> paths() {
    if (paths.stream().anyMatch(String::isBlank)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not read the captured logs: a PATH is empty; name a file or folder");
    }
    return paths;
  }

  Progress progress() {
    return Progress.of(quiet);
  }
}
