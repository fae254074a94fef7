package dev.lockstep.detections.sigma;

import dev.lockstep.rules.Event;
import dev.lockstep.rules.Facts;
import org.jspecify.annotations.Nullable;

/**
 * MatchOutcome of a rule on an event that it did not simply fail to match.
 *
 * @param gate gate that kept the event from becoming a fact; null if it matches
 */
public record MatchOutcome(@Nullable String gate) {
  static final MatchOutcome MATCHED = new MatchOutcome(null);
  static final MatchOutcome CUT = new MatchOutcome(SigmaRule.CUT);

  /** States the fact of a rule, or counts the gate. */
  public void state(SigmaRule rule, Event event, Facts facts) {
    if (gate == null) {
      rule.state(event, facts);
    } else {
      facts.suppressed(gate);
    }
  }
}
