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

/** Engine that the kit runs rules on; the module {@code detections} brings it. */
public interface KitEngine {
  /** Starts a run of one rule. */
  Run start(Rule rule, Settings settings, Enrichment enrichment);

  /** Returns the id of a finding. */
  String id(Rule rule, Subject subject, List<String> parts, int day);

  /** Run of one rule. */
  interface Run {
    /** Works an activity in, of whose claims nothing more is waited for. */
    void enter(Activity activity);

    /** Works activities in. */
    default void enter(ActivityBuilder... activities) {
      for (ActivityBuilder activity : activities) {
        enter(activity.build());
      }
    }

    /** Works an event in, of which more may be known than before. */
    void enter(Event event);

    /** Retracts what an event meant. */
    void retract(Event event);

    /** Writes the state to bytes, drops it, and goes on with what the bytes hold. */
    void restart();

    /** Returns the findings that are not retracted, by end time and id. */
    List<Detection> findings();

    /** Returns how often gates suppressed something, by gate. */
    Map<String, Integer> suppressed();

    /** Returns how often events were counted for coverage, by name. */
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
          "could not run a rule: no engine for it is on the class path;"
              + " add dev.lockstep:detections to the dependencies of the tests");
    }
    return engines.next();
  }
}
