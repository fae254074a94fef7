package dev.lockstep.detections.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Active rules with the settings that service and replay share.
 *
 * @param rules active rules in their order
 * @param repeatSeconds delay after a revision of a finding before a further revision that only
 *     changes counts
 */
public record RuleSet(List<ActiveRule> rules, AlertSettings alerts, int repeatSeconds) {
  public RuleSet {
    rules = List.copyOf(rules);
  }

  /**
   * Returns a copy of this rule set in which the rules with the given numbers observe events,
   * besides the rules that already do.
   *
   * @param codes numbers of the rules in state records
   */
  public RuleSet observingToo(Set<Integer> codes) {
    List<ActiveRule> observing = new ArrayList<>(rules.size());
    for (ActiveRule rule : rules) {
      observing.add(rule.at(rule.place(), rule.observes() || codes.contains(rule.code())));
    }
    return new RuleSet(observing, alerts, repeatSeconds);
  }
}
