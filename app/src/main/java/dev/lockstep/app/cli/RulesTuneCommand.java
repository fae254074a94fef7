package dev.lockstep.app.cli;

import dev.lockstep.app.accept.Acceptance;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.tune.RuleTuner;
import dev.lockstep.app.tune.TuningReport;
import dev.lockstep.app.wiring.Wiring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Command {@code rules tune}, which proposes filters or exceptions for findings that analysts
 * closed as false.
 */
@Command(
    name = "tune",
    description = {
      "Proposes the narrowest filters or exceptions for findings that analysts closed as false.",
      "Each proposal shows which other findings it would have removed. A proposal that hides a"
          + " finding closed as true is refused. Writes no file.",
      "Exit code 3: done, but some input was rejected."
    })
final class RulesTuneCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";

  @Parameters(
      index = "0",
      paramLabel = "ID",
      description = "Id of the rule, as the command \"rules list\" shows it.")
  private String id = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "PATH",
      description =
          "Files or folders of captured logs that the findings come from; give - for standard input."
              + " Without logs, proposals rely on the few events that the findings of --from show.")
  private List<String> paths = List.of();

  @Option(
      names = "--from",
      paramLabel = "FILE",
      required = true,
      description =
          "File of findings with classifications: one detection a line as JSON with the field"
              + " classification, or CSV with the columns DetectionId and Classification; with a"
              + " PATH, - may be given for standard input.")
  private String from = "";

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    refuseReadTwice();
    Config read = config.read();
    RuleTuner tuner =
        new RuleTuner(
            RulesPromoteCommand.rule(read.rules(), id, "tune"),
            read.rules(),
            Wiring.enrichment(read),
            read.limits(),
            from,
            Acceptance.usualOwner(),
            System.currentTimeMillis());
    TuningReport report;
    try {
      report = tuner.run(paths, System.in, Progress.of(quiet));
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.of(e);
    }
    if (json) {
      System.out.println(report.json());
    } else {
      report.print(System.out, spec.usageMessage().width());
    }
    return report.rejected() > 0 ? ExitCode.DONE_WITH_REJECTIONS : ExitCode.DONE;
  }

  private void refuseReadTwice() {
    boolean isStandardInput = from.equals(STANDARD_INPUT);
    if (isStandardInput && paths.contains(STANDARD_INPUT)) {
      throw wrong(
          "could not use --from: only one of --from and PATH can be standard input; name a file for"
              + " the other one");
    }
    if (paths.isEmpty() && (isStandardInput || isPipe(from))) {
      throw wrong(
          "could not use --from: without a PATH, the file is read several times, so it cannot be"
              + " standard input or a pipe; name a file, or give as PATH the captured logs in"
              + " which the findings were found");
    }
  }

  private static boolean isPipe(String name) {
    Path path = Path.of(name);
    return Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
  }

  private CommandLine.ParameterException wrong(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }
}
