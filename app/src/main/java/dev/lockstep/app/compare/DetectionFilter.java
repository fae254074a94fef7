package dev.lockstep.app.compare;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.schemas.Severity;
import java.util.Set;

/**
 * Filter of detections by rule and severity.
 *
 * @param rules ids of the rules to keep, or none to keep all
 * @param severities severities to keep, or none to keep all
 */
public record DetectionFilter(Set<String> rules, Set<Severity> severities) {
  public static final DetectionFilter ALL = new DetectionFilter(Set.of(), Set.of());

  public DetectionFilter {
    rules = Set.copyOf(rules);
    severities = Set.copyOf(severities);
  }

  public boolean keeps(String rule, Severity severity) {
    return keepsRule(rule) && (severities.isEmpty() || severities.contains(severity));
  }

  /** Returns whether the filter keeps detections of a rule, without regard to their severity. */
  public boolean keepsRule(String rule) {
    return rules.isEmpty() || rules.contains(rule);
  }

  DetectionFilter ofAllRules() {
    return new DetectionFilter(Set.of(), severities);
  }

  boolean keeps(Difference difference) {
    ComparedDetection before = difference.before();
    ComparedDetection after = difference.after();
    return (before != null && keeps(before.rule(), before.severity()))
        || (after != null && keeps(after.rule(), after.severity()));
  }
}
