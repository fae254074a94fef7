package dev.lockstep.detections.explain;

import dev.lockstep.rules.Event;
import dev.lockstep.rules.Subject;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Event with each rule's observation of it, and the subjects of all facts that rules stated.
 *
 * @param byRule observations of the active rules, in their order
 * @param subjects subjects about which any rule stated facts
 */
record ObservedEvent(Event event, List<ByRule> byRule, Set<Subject> subjects) {
  /**
   * Observation of the event by one rule.
   *
   * @param gates gates that the rule counted for the event
   * @param counted names of coverage counters to which the rule added the event; if the rule
   *     failed, also a text about the failure
   * @param hasFacts if the rule stated any fact
   * @param selections selections of a Sigma rule in words, with what decided; empty for any other
   *     rule
   */
  record ByRule(
      List<String> gates, List<String> counted, boolean hasFacts, List<String> selections) {
    boolean isSilent() {
      return gates.isEmpty() && counted.isEmpty() && !hasFacts;
    }

    /**
     * Returns the reason why the rule did not use the event, or null if it did. A rule used the
     * event if it stated facts of the event and no gate suppressed the event.
     */
    @Nullable String why() {
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
