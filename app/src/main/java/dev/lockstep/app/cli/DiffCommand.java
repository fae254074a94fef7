package dev.lockstep.app.cli;

import dev.lockstep.app.compare.Comparison;
import dev.lockstep.app.compare.ComparisonJson;
import dev.lockstep.app.compare.ComparisonText;
import dev.lockstep.app.compare.DetectionFilter;
import dev.lockstep.app.detection.DetectionFile;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.OperatorException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command {@code diff}, which compares the findings of two runs. */
@Command(
    name = "diff",
    description = {
      "Compares the findings of two runs: shows, by rule, which findings appeared, are gone or"
          + " changed.",
      "A finding has changed if its severity, reason, count or shadow differs. Exit code 4 with"
          + " --exit-code: they differ."
    })
public final class DiffCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "BEFORE",
      description =
          "Detections that replay --output or demo wrote, plain or gzip; - is standard input.")
  private String before = "";

  @Parameters(index = "1", paramLabel = "AFTER", description = "The same for the later run.")
  private String after = "";

  @Option(
      names = "--rule",
      paramLabel = "ID",
      split = ",",
      description = "Only findings of these rules; several with commas.")
  private List<String> rules = List.of();

  @Mixin private SeverityOption severity = new SeverityOption();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(names = "--exit-code", description = "End with exit code 4 if the findings differ.")
  private boolean exitCode;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    DetectionFile first = new DetectionFile(before, true);
    DetectionFile second = new DetectionFile(after, true);
    if (first.isStandardInput() && second.isStandardInput()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not compare the findings: only one of the two files can be standard input; name a"
              + " file for the other one");
    }
    DetectionFilter filter = new DetectionFilter(Set.copyOf(rules), severity.severities());
    try (Comparison comparison = new Comparison(filter)) {
      first.forEach(false, comparison::before);
      second.forEach(false, comparison::after);
      comparison.compare();
      if (json) {
        new ComparisonJson(System.out).write(comparison, before, after, Map.of());
        System.out.println();
      } else {
        new ComparisonText(System.out, spec.usageMessage().width())
            .print(comparison, before, after, Map.of());
      }
      if (System.out.checkError()) {
        throw new OperatorException(
            "could not write to standard output: it is closed or its disk is full; free disk space,"
                + " or write elsewhere");
      }
      return exitCode && comparison.differs() ? ExitCode.DIFFERS : ExitCode.DONE;
    }
  }
}
