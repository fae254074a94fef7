package dev.lockstep.detections.explain;

import dev.lockstep.rules.Event;
import dev.lockstep.rules.Subject;
import java.util.List;
import java.util.Set;

/**
 * Event with what each rule counted for it, whether the rule stated a fact, and the subjects of all
 * facts.
 *
 * @param byRule observations of the active rules, in their order
 * @param subjects that any rule stated facts about
 */
record ObservedEvent(Event event, List<ByRule> byRule, Set<Subject> subjects) {
  /**
   * Observation of the event by one rule.
   *
   * @param gates gates that the rule counted for the event
   * @param counted names that the rule counted for its coverage, or its failure
   * @param hasFacts if the rule stated any fact
   * @param selections of a Sigma rule the selections in words with what decided; otherwise empty
   */
  record ByRule(
      List<String> gates, List<String> counted, boolean hasFacts, List<String> selections) {
    /** Returns whether the rule neither stated nor counted anything for the event. */
    boolean isSilent() {
      return gates.isEmpty() && counted.isEmpty() && !hasFacts;
    }

    /** Returns the reason why the event was not compared, or null if it was. */
    @org.jspecify.annotations.Nullable
    String why() {
      String decided = String.join("; ", selections);
      if (!gates.isEmpty()) {
        return String.join(", ", gates) + (decided.isEmpty() ? "" : "; " + decided);
      }
      if (hasFacts) {
        return null;
      }
      return !counted.isEmpty()
          ? String.join(", ", counted)
          : decided.isEmpty() ? UnusedEvents.NOT_READ : decided;
    }
  }
}
