package dev.lockstep.app.compare;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.detection.FindingRate;
import dev.lockstep.app.detection.PrincipalNames;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.text.Quoted;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Report about rules that the command {@code replay --rule FILE} added. It has the frequency of the
 * findings of each rule, and the differences from a run without the files.
 */
public final class AddedRules implements Closeable {
  private static final int LABEL_WIDTH = 12;
  private static final int MOST_FILES = 3;
  private static final String WITHOUT = "a run without these files";
  private static final String WITH = "this replay";

  private final List<Path> files;
  private final Map<String, Added> added = new TreeMap<>();
  private final Map<String, Map<String, Long>> gates;
  private final AddedMatches matches;
  private final Comparison comparison = new Comparison(DetectionFilter.ALL);

  /**
   * Arguments of the commands that a replay suggests: the configuration, the added rules and the
   * captured logs. The replay suggests {@code explain} for an incident and for a rule without
   * findings. It suggests {@code rules lint} instead if no event that this rule matched has a
   * principal.
   *
   * @param options configuration and added files, as options
   * @param rules added Sigma files and folders, without jars
   * @param logs captured logs
   */
  public record ExplainCommandLine(List<String> options, List<String> rules, List<String> logs) {
    public ExplainCommandLine {
      options = List.copyOf(options);
      rules = List.copyOf(rules);
      logs = List.copyOf(logs);
    }

    private String of(String principal) {
      return explain("--principal", principal);
    }

    public String ofIncident(String id) {
      return explain("--incident", id);
    }

    private String explain(String option, String id) {
      List<String> words = new ArrayList<>(List.of("explain"));
      words.addAll(options);
      words.addAll(List.of(option, id));
      words.addAll(logs);
      return Quoted.visible(ShellCommand.call(ShellCommand.words(words)));
    }

    private String lint() {
      List<String> words = new ArrayList<>(List.of("rules", "lint"));
      words.addAll(rules);
      return Quoted.visible(ShellCommand.call(ShellCommand.words(words)));
    }
  }

  /** Rule added by the command {@code replay --rule FILE}, with the frequency of its findings. */
  private record Added(RuleStatus state, FindingRate rate) {}

  /**
   * Compares two runs over the same records, with and without the rules of the option {@code --rule
   * FILE}.
   *
   * @param files files that were added
   * @param without rules of the run without the files
   * @param before findings of the run without the files
   * @param result result of the run with the files
   * @param matches events that the added rules matched in the run with the files
   * @param names names of principals, for findings that have only the id
   */
  public AddedRules(
      List<Path> files,
      ConfiguredRules without,
      List<Detection> before,
      Replay.Result result,
      AddedMatches matches,
      PrincipalNames names) {
    this.files = List.copyOf(files);
    this.matches = matches;
    this.gates = result.counters().gates();
    Map<String, List<ComparedDetection>> found = new HashMap<>();
    for (Detection detection : result.detections()) {
      ComparedDetection finding = ComparedDetection.of(detection);
      comparison.after(finding);
      found.computeIfAbsent(finding.rule(), any -> new ArrayList<>()).add(finding);
    }
    for (RuleStatus state : result.rules()) {
      String id = state.rule().id();
      if (without.rule(id) == null) {
        List<ComparedDetection> own = found.getOrDefault(id, List.of());
        added.put(
            id,
            new Added(
                state, new FindingRate(own, result.firstArrival(), result.lastArrival(), names)));
      }
    }
    before.forEach(detection -> comparison.before(ComparedDetection.of(detection)));
    comparison.compare();
  }

  /**
   * Prints the frequency of the findings of each added rule, and the differences from a run without
   * the files that add rules.
   *
   * @param explain command that explains a rule without findings, or null if people are replaced by
   *     pseudonyms or the logs cannot be read again
   */
  public void print(PrintStream out, int width, @Nullable ExplainCommandLine explain) {
    WrappedText lines = new WrappedText(out, width);
    lines.heading("ADDED BY " + shown());
    if (added.isEmpty()) {
      lines.text(0, "The files add no rule that can have findings of its own.");
    }
    added.forEach(
        (id, each) -> {
          RuleStatus state = each.state();
          lines.text(0, "%s: %s".formatted(id, state.rule().info().title()));
          if (state.runs() != RuleStatus.Runs.YES) {
            lines.labelled(2, "runs", LABEL_WIDTH, state.text());
          }
          each.rate().print(lines);
          Map<String, Long> own = gates.getOrDefault(id, Map.of());
          if (!own.isEmpty()) {
            lines.labelled(
                2,
                "gates",
                LABEL_WIDTH,
                own.entrySet().stream()
                    .map(gate -> gate.getKey() + " " + DisplayFormat.number(gate.getValue()))
                    .collect(Collectors.joining(", ")));
          }
          if (isToExplain(each)) {
            printNext(out, lines, state, explain);
          }
        });
    String skipped = matches.skipped();
    if (skipped != null && added.values().stream().anyMatch(AddedRules::isToExplain)) {
      lines.text(0, skipped);
    }
    lines.blank();
    new ComparisonText(out, width)
        .print(
            comparison,
            Character.toUpperCase(WITHOUT.charAt(0)) + WITHOUT.substring(1),
            WITH,
            Map.of(),
            id -> !added.containsKey(id));
  }

  private static boolean isToExplain(Added rule) {
    return rule.rate().isZero() && rule.state().runs() != RuleStatus.Runs.ASLEEP;
  }

  private void printNext(
      PrintStream out, WrappedText lines, RuleStatus state, @Nullable ExplainCommandLine explain) {
    String words = matches.words(state.rule());
    if (words.isEmpty() || explain == null) {
      return;
    }
    lines.labelled(2, "matched", LABEL_WIDTH, words);
    String principal = matches.principal(state.rule());
    // on one line of its own, to be copied
    out.println("  next        " + (principal == null ? explain.lint() : explain.of(principal)));
  }

  private String shown() {
    String first =
        files.stream()
            .limit(MOST_FILES)
            .map(file -> Quoted.visible(file.toString()))
            .collect(Collectors.joining(", "));
    return files.size() <= MOST_FILES
        ? first
        : "%s and %d more files".formatted(first, files.size() - MOST_FILES);
  }

  /** Prints the report as one JSON object, without a line end. */
  public void printJson(PrintStream out) {
    String head =
        JsonText.object(
            json -> {
              JsonText.writeTexts(json, "files", files.stream().map(Path::toString).toList());
              json.writeObjectFieldStart("rules");
              for (Map.Entry<String, Added> rule : added.entrySet()) {
                RuleStatus state = rule.getValue().state();
                json.writeObjectFieldStart(rule.getKey());
                json.writeStringField("title", state.rule().info().title());
                state.write(json);
                rule.getValue().rate().write(json);
                JsonText.writeCounts(json, "matched", matches.counts(state.rule()));
                JsonText.writeCounts(json, "gates", gates.getOrDefault(rule.getKey(), Map.of()));
                json.writeEndObject();
              }
              json.writeEndObject();
            });
    out.print(head.substring(0, head.length() - 1));
    out.print(",\"comparison\":");
    new ComparisonJson(out).write(comparison, WITHOUT, WITH, Map.of());
    out.print("}");
  }

  @Override
  public void close() throws IOException {
    comparison.close();
  }
}
