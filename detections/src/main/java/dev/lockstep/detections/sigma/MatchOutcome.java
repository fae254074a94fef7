package dev.lockstep.detections.sigma;

import dev.lockstep.rules.Event;
import dev.lockstep.rules.Facts;

/**
 * Outcome of a match of a Sigma rule: facts of the event, or a suppression. A suppression states no
 * fact, and counts the gate, such as a filter, that suppresses the event.
 */
@FunctionalInterface
public interface MatchOutcome {
  /**
   * Adds the facts that the rule derives from the event. If a gate, such as a filter, suppresses
   * the event, it adds 1 to the count of that gate instead.
   */
  void state(Event event, Facts facts);

  /** Returns the outcome that counts a suppression by a gate and states no fact. */
  static MatchOutcome suppressed(String gate) {
    return (event, facts) -> facts.suppressed(gate);
  }
}
