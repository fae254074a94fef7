package dev.lockstep.app.cli;

import dev.lockstep.app.compare.DetectionFilter;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.detection.LastRevisions;
import dev.lockstep.app.kafka.DetectionTopicReader;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.SeverityOption;
import dev.lockstep.app.option.TimeOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.SigmaRulesReader;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.Terminal;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.schemas.text.Quoted;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command {@code detections}, which prints the findings in the topic of detections. */
@Command(
    name = "detections",
    description = {
      "Prints the findings that the service wrote to the topic of detections, each in its last"
          + " revision.",
      "Sorts the findings by their end. Also prints findings in shadow and findings that were not"
          + " sent to Sentinel; withdrawn findings are left out. Changes nothing, and can run"
          + " beside the service."
    })
public final class DetectionsCommand implements Callable<Integer> {
  private static final int SHOWN_ID = 12; // explain and accept take the beginning of an id
  private static final int LONGEST_SEVERITY = 13;
  private static final int USUAL_RULE = 25;
  private static final int MOST_CHARS = 400;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Print only findings whose last event is not earlier than this time, such as 2026-11-19"
              + " or 2026-11-19T10:02:00Z.")
  private @Nullable String since;

  @Option(
      names = "--rule",
      paramLabel = "ID",
      split = ",",
      description = "Only findings of these rules; separate several rules with commas.")
  private List<String> rules = List.of();

  @Mixin private SeverityOption severity = new SeverityOption();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Print at most this number of findings: the findings that changed last"
              + " (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(
      names = "--follow",
      description =
          "After the stored findings, print each new revision when it arrives, until Ctrl-C. A"
              + " finding that is withdrawn is printed once more.")
  private boolean follow;

  @Option(
      names = "--json",
      description =
          "Print one JSON object on each line, in the form that \"replay --output\" writes.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not use --limit: %d is less than 1; give a larger number".formatted(limit));
    }
    long from = TimeOption.millis(spec, "--since", since, Long.MIN_VALUE);
    Config read = config.read();
    DetectionFilter filter = new DetectionFilter(Set.copyOf(rules), severity.severities());
    Set<String> unknown = new TreeSet<>(rules);
    unknown.removeAll(read.rules().idsWithCandidates());
    LastRevisions found =
        new LastRevisions(
            limit,
            each -> {
              unknown.remove(each.getRule());
              return each.getEndTime() >= from && filter.keeps(each.getRule(), each.getSeverity());
            });
    try (DetectionTopicReader topic =
        new DetectionTopicReader(
            read.kafka(), "run " + ShellCommand.call("doctor") + " to find the problem")) {
      topic.readToEnd(record -> found.take(record.key(), record.value(), record.timestamp()));
      if (!unknown.isEmpty() && !mayHaveUnknownRules(read.rules())) {
        String rule = unknown.iterator().next();
        throw new CommandLine.ParameterException(
            spec.commandLine(),
            "could not use --rule: the topic %s has no finding of a rule %s, and the configuration has no such rule; %s"
                .formatted(topic.name(), Quoted.of(rule), meant(rule, read.rules())));
      }
      print(found.sorted());
      printRemarks(found, topic.name(), unknown, read.rules());
      while (follow) {
        topic.readNext(
            record -> {
              Detection revision = found.take(record.key(), record.value(), record.timestamp());
              if (revision != null) {
                System.out.println(json ? AvroJson.of(revision) : line(revision));
              }
            });
      }
    }
    return ExitCode.DONE;
  }

  private void print(List<Detection> detections) {
    if (json) {
      detections.forEach(each -> System.out.println(AvroJson.of(each)));
    } else if (follow) {
      detections.forEach(each -> System.out.println(line(each)));
    } else if (!detections.isEmpty()) {
      TextTable table =
          new TextTable("Severity", "Id", "Rule", "Reason", "End", "What", "Count")
              .whole("Severity", "Id", "Rule", "End")
              .movable("What", "Reason");
      for (Detection each : detections) {
        table.row(
            List.of(
                each.getSeverity().name(),
                start(each.getId()),
                rule(each),
                each.getReason(),
                end(each),
                titled(each),
                String.valueOf(each.getCount())));
      }
      table.print(System.out);
    }
  }

  /**
   * Returns whether there may be findings of a rule that this command's configuration lacks. They
   * may come while the command waits, or from rules that instances take from the topic of published
   * rules.
   */
  private boolean mayHaveUnknownRules(ConfiguredRules configured) {
    SigmaRulesReader sigma = configured.sigma();
    return follow || (sigma != null && sigma.isPublished());
  }

  private static String meant(String rule, ConfiguredRules configured) {
    String nearest = NearestNames.similarAmong(configured.idsWithCandidates(), rule);
    return nearest.isEmpty()
        ? "%s lists all rules".formatted(ShellCommand.call("rules list"))
        : "did you mean the rule " + nearest + "?";
  }

  /**
   * Prints remarks if no finding was found, some findings were not printed, a record could not be
   * read, or a rule is unknown.
   *
   * @param unknown rules of {@code --rule} that the configuration does not have, and that have no
   *     stored finding
   */
  private void printRemarks(
      LastRevisions found, String topic, Set<String> unknown, ConfiguredRules configured) {
    PrintWriter err = spec.commandLine().getErr();
    if (found.sorted().isEmpty()) {
      err.printf(
          "no findings in the topic %s%s; withdrawn findings are not counted%n", topic, matching());
    }
    for (String rule : unknown) {
      err.printf(
          "the configuration has no rule %s; %s%n", Quoted.of(rule), meant(rule, configured));
    }
    if (found.isCut()) {
      err.printf(
          "only the %s printed; a larger value of the option --limit prints more%n",
          limit == 1
              ? "finding that changed last is"
              : "%,d findings that changed last are".formatted(limit));
    }
    if (found.foreign() > 0) {
      err.printf(
          "%s of the topic %s could not be read as a finding%n",
          DisplayFormat.count(found.foreign(), "record"), topic);
    }
    err.flush();
  }

  private String matching() {
    List<String> given = new ArrayList<>();
    if (since != null) {
      given.add("--since");
    }
    if (!rules.isEmpty()) {
      given.add("--rule");
    }
    if (!severity.severities().isEmpty()) {
      given.add("--severity");
    }
    return given.isEmpty() ? "" : " match " + String.join(" and ", given);
  }

  private static String line(Detection each) {
    String severity = each.getSeverity().name();
    return "%s  %s  %s%s  %s  %s"
        .formatted(
            start(each.getId()),
            end(each),
            Terminal.behind(System.out).coloured(severity),
            " ".repeat(LONGEST_SEVERITY - severity.length()),
            padded(TextTable.shown(rule(each))),
            TextTable.shown(each.getReason() + ": " + titled(each), MOST_CHARS));
  }

  /**
   * Returns the title of a finding, followed by its subject and address if the title does not name
   * them.
   */
  private static String titled(Detection each) {
    String title = each.getTitle();
    return title
        + Stream.of(of(each), address(each))
            .filter(one -> !one.isEmpty() && !title.contains(one))
            .distinct()
            .map(one -> "; " + one)
            .collect(Collectors.joining());
  }

  private static String of(Detection each) {
    return ComparedDetection.of(each).subject();
  }

  /**
   * Returns the address of a finding. If the finding has no address, returns the address of its
   * first IP entity, and how many more IP entities it has. Without an IP entity the text is empty.
   */
  private static String address(Detection each) {
    String address = each.getIp();
    return address != null
        ? address
        : DisplayFormat.first(
            1,
            each.getEntities().stream()
                .filter(entity -> "IP".equals(entity.get("kind")))
                .map(entity -> entity.getOrDefault("Address", ""))
                .toList());
  }

  private static String padded(String rule) {
    return rule + " ".repeat(Math.max(0, USUAL_RULE - rule.length()));
  }

  private static String start(String id) {
    return TextTable.shown(id.length() <= SHOWN_ID ? id : id.substring(0, SHOWN_ID));
  }

  private static String rule(Detection each) {
    return each.getRule() + (DetectionStatus.isInShadow(each) ? " (shadow)" : "");
  }

  private static String end(Detection each) {
    return DisplayFormat.minute(each.getEndTime()) + "Z";
  }
}
