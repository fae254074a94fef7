package dev.lockstep.rules.kit;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;

/** Engine on which the test kit runs rules, provided by the module {@code detections}. */
public interface KitEngine {
  /** Starts a run of one rule with empty state. */
  Run start(Rule rule, Settings settings, Enrichment enrichment);

  /** Returns the id of the finding that has the given rule, subject, parts and day. */
  String id(Rule rule, Subject subject, List<String> parts, int day);

  /**
   * Run of the rule under test, with its own state. The test passes activities and events to it.
   */
  interface Run {
    /**
     * Processes an activity as a final event, which no later identity link and no later record of
     * Front Door revises.
     */
    void enter(Activity activity);

    /** Processes activities in order. */
    default void enter(ActivityBuilder... activities) {
      for (ActivityBuilder activity : activities) {
        enter(activity.build());
      }
    }

    /** Processes an event, which may be a revision with more claims than before. */
    void enter(Event event);

    /** Retracts the facts of an event. */
    void retract(Event event);

    /**
     * Advances the watermark to an arrival time, and judges the days whose grace is over at that
     * time.
     *
     * @param arrivalAt arrival time in milliseconds since 1970
     */
    void advance(long arrivalAt);

    /** Writes the state to bytes, drops it, and continues from those bytes. */
    void restart();

    /** Returns the findings that are not withdrawn, sorted by end time and id. */
    List<Detection> findings();

    /**
     * Returns how often each gate suppressed a verdict of the rule, or kept an event from becoming
     * a fact. A verdict that is suppressed again after its facts changed counts again.
     */
    Map<String, Integer> suppressed();

    /**
     * Returns the gates that suppressed verdicts of the rule. A gate that only kept events from
     * becoming facts is not among them.
     */
    Set<String> gatesOfVerdicts();

    /**
     * Returns the rule's counts of events by name, such as {@code signInsWithToken}. The rule
     * counts with {@code Facts.counted}. The engine adds counts of its own, such as of copies that
     * differ.
     */
    Map<String, Integer> counted();
  }

  /**
   * Returns the engine that is on the class path.
   *
   * @throws IllegalStateException if there is none
   */
  static KitEngine find() {
    Iterator<KitEngine> engines =
        ServiceLoader.load(KitEngine.class, KitEngine.class.getClassLoader()).iterator();
    if (!engines.hasNext()) {
      throw new IllegalStateException(
          "could not run a rule: no engine for rules is on the class path;"
              + " add dev.lockstep:detections to the dependencies of the tests");
    }
    return engines.next();
  }
}
