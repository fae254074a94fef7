package dev.lockstep.detections.explain;

import dev.lockstep.rules.Event;
import dev.lockstep.rules.Subject;
import java.util.List;
import java.util.Set;

/**
 * Event with what each rule observed of it.
 *
 * @param byRule what each rule that runs observed, in their order
 * @param subjects that any rule stated facts about
 */
record ObservedEvent(Event event, List<ByRule> byRule, Set<Subject> subjects) {
  /**
   * Observation of one rule.
   *
   * @param gates that it counted for the event
   * @param counted names that it counted for its coverage, or how it failed
   * @param hasFacts if it stated any fact
   */
  record ByRule(List<String> gates, List<String> counted, boolean hasFacts) {
    /** Returns if the rule said nothing of the event. */
    boolean isSilent() {
      return gates.isEmpty() && counted.isEmpty() && !hasFacts;
    }

    /** Returns why the event was not compared, or null if it was. */
    @org.jspecify.annotations.Nullable
    String why() {
      if (!gates.isEmpty()) {
        return String.join(", ", gates);
      }
      return hasFacts
          ? null
          : counted.isEmpty() ? UnusedEvents.NOT_READ : String.join(", ", counted);
    }
  }
}
