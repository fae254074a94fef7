package dev.lockstep.detections.sigma;

import dev.lockstep.rules.Event;
import dev.lockstep.rules.Facts;

/**
 * Outcome of a match of a Sigma rule: facts of the event, or a suppression by a gate such as a
 * filter. A suppression states no fact, and counts the gate.
 */
@FunctionalInterface
public interface MatchOutcome {
  /**
   * Adds the facts that the matched rule derives from the event, or counts the gate that suppresses
   * the event. Such a gate is, for example, a filter.
   */
  void state(Event event, Facts facts);

  /** Returns the outcome that counts a suppression by a gate and states no fact. */
  static MatchOutcome suppressed(String gate) {
    return (event, facts) -> facts.suppressed(gate);
  }
}
