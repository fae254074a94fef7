package dev.lockstep.detections.sigma;

import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Rule;
import java.util.List;

/** Rule that a Sigma document describes, and that observes events together with all of its set. */
public sealed interface SetRule extends Rule permits SigmaRule, CorrelationRule {
  /** Returns the document. */
  SigmaDocument document();

  /** Returns the set that the rule was loaded with. */
  SigmaSet set();

  /** Returns the rules about single events whose matches are judged: this rule, or those below. */
  List<SigmaRule> singles();

  /** Observes an event by itself; the engine asks the whole set once instead. */
  @Override
  default void observe(Event event, Facts facts) {
    set()
        .pass()
        .observe(
            event,
            (rule, outcome) -> {
              if (rule == this) {
                outcome.state(event, facts);
              }
            });
  }
}
