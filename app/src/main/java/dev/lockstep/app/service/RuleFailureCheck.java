package dev.lockstep.app.service;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.detections.DetectionCounters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Check for rules that failed in the last hour. Findings of such a rule may be missing, so the
 * instance counts as degraded. Safe for use by several threads.
 */
final class RuleFailureCheck {
  private static final Duration RECENT = Duration.ofHours(1);

  private final LongSupplier nanos;
  private final Map<String, Failed> failed = new HashMap<>();

  /**
   * Number of a rule's failures since the start, and the time at which the last of them was found.
   */
  private record Failed(long number, long atNanos) {}

  RuleFailureCheck(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Stores which rules have failed again.
   *
   * @param failures number of failures of each rule since the start
   */
  synchronized void look(Map<String, Long> failures) {
    failures.forEach(
        (rule, number) -> {
          Failed before = failed.get(rule);
          if (before == null || before.number < number) {
            failed.put(rule, new Failed(number, nanos.getAsLong()));
          }
        });
  }

  /**
   * Returns a sentence, with the fix, for each rule that failed in the last hour.
   *
   * @param failures number of failures of each rule since the start
   */
  synchronized List<String> found(Map<String, Long> failures) {
    look(failures);
    List<String> found = new ArrayList<>();
    failures.forEach(
        (rule, number) -> {
          Failed last = failed.get(rule);
          if (last != null && nanos.getAsLong() - last.atNanos < RECENT.toNanos()) {
            found.add(text(rule, number));
          }
        });
    return found;
  }

  private static String text(String rule, long number) {
    boolean isPass = rule.equals(DetectionCounters.SIGMA);
    return "detect: %s failed, %s since the start and the last within an hour, so findings may be missing; the log has the first failure with its place; %s"
        .formatted(
            isPass ? "the pass over all Sigma rules" : "rule " + rule,
            DisplayFormat.count(number, "time"),
            isPass
                ? "report this bug"
                : "report it to the author of the rule, or set rules.%s.enabled: false"
                    .formatted(rule));
  }
}
