package dev.lockstep.app.compare;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.detection.SeverityBeforeIncident;
import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.detections.rule.FindingId;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Comparison of the findings of a rule with the findings of its candidate in the same run. A
 * candidate is the same rule with other settings, and runs in shadow.
 *
 * <p>Two findings correspond if they have the same subject and day. For a rule with several
 * findings a day, the texts that distinguish these findings have to be equal too. The compared
 * severities are those before an incident raises a finding, because findings of candidates do not
 * belong to incidents.
 */
public final class CandidateComparison implements Closeable {
  private static final int MOST_SHOWN = 20;

  private final ConfiguredRule candidate;
  private final ConfiguredRule rule;
  private final Comparison comparison;

  private CandidateComparison(
      ConfiguredRule candidate, ConfiguredRule rule, Comparison comparison) {
    this.candidate = candidate;
    this.rule = rule;
    this.comparison = comparison;
  }

  /**
   * Returns a comparison for each enabled candidate, unless the filter drops both the candidate and
   * its rule.
   *
   * @param found findings in the form in which they are written
   * @param ids ids that the engine gave to the findings
   * @param form function from an id to its written form
   */
  public static List<CandidateComparison> of(
      ConfiguredRules rules,
      List<Detection> found,
      List<String> ids,
      UnaryOperator<String> form,
      DetectionFilter filter) {
    List<CandidateComparison> all = new ArrayList<>();
    for (ConfiguredRule candidate : rules.all()) {
      ConfiguredRule rule = rules.rule(RuleInfo.ruleOf(candidate.id()));
      if (!candidate.candidate().isEmpty()
          && rule != null
          && candidate.settings().isEnabled()
          && (filter.keepsRule(candidate.id()) || filter.keepsRule(rule.id()))) {
        Comparison comparison = new Comparison(filter.ofAllRules());
        all.add(new CandidateComparison(candidate, rule, comparison));
        Map<String, String> corresponding = new HashMap<>();
        for (String id : ids) {
          corresponding.put(
              form.apply(FindingId.ofVariant(id, candidate.candidate())), form.apply(id));
        }
        for (Detection each : found) {
          if (each.getRule().equals(rule.id())) {
            comparison.before(compared(each, each.getId(), candidate.id()));
          } else if (each.getRule().equals(candidate.id())) {
            String id = corresponding.getOrDefault(each.getId(), each.getId());
            comparison.after(compared(each, id, candidate.id()));
          }
        }
        comparison.compare();
      }
    }
    return all;
  }

  private static ComparedDetection compared(Detection finding, String id, String rule) {
    Severity before = SeverityBeforeIncident.severityBefore(finding);
    return ComparedDetection.of(finding)
        .of(id, rule, before == null ? finding.getSeverity() : before);
  }

  public String id() {
    return candidate.id();
  }

  /**
   * Returns text about the settings of the candidate that differ from those of the rule, such as
   * {@code maxSpeedKmh 700 instead of 900}.
   */
  public String settings() {
    return candidate.differences(rule).stream()
        .map(
            setting ->
                "%s %s instead of %s"
                    .formatted(setting.name(), candidate.value(setting), rule.value(setting)))
        .collect(Collectors.joining(", "));
  }

  /** Prints the candidate's settings, the counts of findings and the first differences. */
  public void print(PrintStream out, int width) {
    WrappedText lines = new WrappedText(out, width);
    lines.blank();
    lines.text(0, "Candidate %s, with %s".formatted(candidate.id(), settings()));
    if (!rule.settings().isEnabled()) {
      lines.text(
          0,
          "The rule %s is off, so each finding of the candidate counts as new."
              .formatted(rule.id()));
    }
    new ComparisonText(out, width, MOST_SHOWN)
        .print(comparison, rule.id(), candidate.id(), Map.of());
  }

  public void write(PrintStream out) {
    new ComparisonJson(out).write(comparison, rule.id(), candidate.id(), Map.of());
  }

  @Override
  public void close() throws IOException {
    comparison.close();
  }
}
