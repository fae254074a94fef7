package dev.lockstep.app.cli;

import dev.lockstep.app.compare.Comparison;
import dev.lockstep.app.compare.ComparisonJson;
import dev.lockstep.app.compare.ComparisonText;
import dev.lockstep.app.compare.DetectionFilter;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.detection.DetectionFile;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.SeverityOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.rules.RuleLoader;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.StandardOutput;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
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
          + " --exit-code: the findings differ."
    })
public final class DiffCommand implements Callable<Integer> {
  private static final int MOST_RULES = 10_000;

  @Parameters(
      index = "0",
      paramLabel = "BEFORE",
      description =
          "File of detections that \"replay --output\" or \"demo\" wrote, plain or gzip; - is"
              + " standard input.")
  private String before = "";

  @Parameters(index = "1", paramLabel = "AFTER", description = "The same for the later run.")
  private String after = "";

  @Option(
      names = "--rule",
      paramLabel = "ID",
      split = ",",
      description = "Only findings of these rules; separate several rules with commas.")
  private List<String> rules = List.of();

  @Mixin private ConfigOption config = new ConfigOption();

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
      Set<String> unknown = new LinkedHashSet<>(rules);
      Set<String> found = new TreeSet<>();
      first.forEach(false, each -> add(comparison::before, each, unknown, found));
      second.forEach(false, each -> add(comparison::after, each, unknown, found));
      refuse(unknown, found);
      comparison.compare();
      if (json) {
        new ComparisonJson(System.out).write(comparison, before, after, Map.of());
        System.out.println();
      } else {
        new ComparisonText(System.out, spec.usageMessage().width())
            .print(comparison, before, after, Map.of());
      }
      StandardOutput.check();
      return exitCode && comparison.differs() ? ExitCode.DIFFERS : ExitCode.DONE;
    }
  }

  private static void add(
      Consumer<ComparedDetection> run,
      ComparedDetection detection,
      Set<String> unknown,
      Set<String> found) {
    run.accept(detection);
    unknown.remove(detection.rule());
    if (found.size() < MOST_RULES) {
      found.add(detection.rule());
    }
  }

  /**
   * Fails if a rule that {@code --rule} names has no finding in either file and is not in the
   * configuration.
   *
   * @param found rules with findings; the message suggests the rule whose id is most similar
   */
  private void refuse(Set<String> unknown, Set<String> found) {
    if (unknown.isEmpty()) {
      return;
    }
    Set<String> known = new TreeSet<>(found);
    known.addAll(
        Config.rules(config.file(), System.getenv(), new RuleLoader()).idsWithCandidates());
    for (String rule : unknown) {
      if (!known.contains(rule)) {
        String nearest = NearestNames.similarAmong(known, rule);
        throw new CommandLine.ParameterException(
            spec.commandLine(),
            "could not use --rule: neither file has findings of a rule %s, and the configuration has no such rule; %s"
                .formatted(
                    Quoted.of(rule),
                    nearest.isEmpty()
                        ? "name a rule that %s lists, or give the configuration of the rule with the option --config"
                            .formatted(ShellCommand.call("rules list"))
                        : "did you mean the rule " + nearest + "?"));
      }
    }
  }
}
