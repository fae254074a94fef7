package dev.lockstep.detections.sigma;

import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.detections.sigma.document.SourceLine;
import dev.lockstep.detections.sigma.document.WrittenField;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Rule;
import java.util.ArrayList;
import java.util.List;

/**
 * Sigma rule of a set: a {@link SigmaRule} about single events, or a {@link CorrelationRule}. The
 * rules of a set observe an event in one pass.
 */
public sealed interface SigmaSetRule extends Rule permits SigmaRule, CorrelationRule {
  /** Returns the Sigma document that describes this rule. */
  SigmaDocument document();

  /** Returns the set of Sigma rules with which this rule was loaded. */
  SigmaSet set();

  /**
   * Returns the rules about single events that supply this rule with matches. A rule about single
   * events uses its own matches. A correlation uses the matches of all rules about single events to
   * which it refers, directly or through other correlations.
   */
  List<SigmaRule> singles();

  /**
   * Returns the file and line in which this rule names a field. Filters, and documents that the
   * rule refers to, count too. If none of them names the field, the result is the first line of the
   * rule's document.
   */
  default SourceLine line(String field) {
    if (document() instanceof CorrelationDocument correlation) {
      SourceLine line = correlation.at().fields().get(field);
      if (line != null) {
        return line;
      }
    }
    for (SigmaRule single : singles()) {
      List<WrittenField> fields = new ArrayList<>(single.document().lines().fields());
      single.filters().forEach(filter -> fields.addAll(filter.lines().fields()));
      for (WrittenField written : fields) {
        if (written.name().equals(field)) {
          return written.at();
        }
      }
    }
    return document().header().at();
  }

  /**
   * States the facts that this one Sigma rule derives from an event, but not the facts of the other
   * rules in the same set. The engine does not call this method, because it has all rules of the
   * set observe an event at once.
   */
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
