package dev.lockstep.detections.sigma;

import dev.lockstep.rules.Event;
import dev.lockstep.rules.Facts;

/**
 * Outcome of a Sigma rule for an event that matches: states a fact, or counts a suppression if a
 * gate applies.
 */
@FunctionalInterface
public interface MatchOutcome {
  /**
   * States the facts that the event means for the rule, or counts the gate that suppressed the
   * event.
   */
  void state(Event event, Facts facts);

  /**
   * Returns the outcome of an event that a gate suppressed, so that the rule states no fact of it.
   */
  static MatchOutcome suppressed(String gate) {
    return (event, facts) -> facts.suppressed(gate);
  }
}
