package dev.lockstep.detections.rule;

import java.util.List;

/**
 * Active rules with the settings that service and replay share.
 *
 * @param rules active rules in their order
 * @param repeatSeconds delay after a revision of a finding before one that only changes counts
 */
public record RuleSet(List<ActiveRule> rules, AlertSettings alerts, int repeatSeconds) {
  /** Creates a rule set with a copy of the rules. */
  public RuleSet {
    rules = List.copyOf(rules);
  }
}
