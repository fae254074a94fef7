package dev.lockstep.detections.rule;

import java.util.List;

/**
 * Rules that run, with all that is the same in service and replay.
 *
 * @param rules in their order
 * @param repeatSeconds how long after a revision of a finding one goes out that only counts up
 */
public record RuleSet(List<ActiveRule> rules, AlertSettings alerts, int repeatSeconds) {
  /** Copies. */
  public RuleSet {
    rules = List.copyOf(rules);
  }
}
