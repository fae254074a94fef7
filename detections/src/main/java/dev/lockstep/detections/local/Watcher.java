package dev.lockstep.detections.local;

import dev.lockstep.rules.Event;
import dev.lockstep.rules.Subject;

/** Watcher of a run: of each event that rules observe, and of what gates suppress. */
public interface Watcher {
  /** Takes a sign-in or call as it enters, but for copies. */
  void sees(Event event);

  /**
   * Takes a call of which more is known now.
   *
   * @param retracts if what it meant with so much known does not hold any more
   */
  void revises(Event event, boolean retracts);

  /** Takes what a gate suppressed of a subject, as it is counted. Safe for use by many threads. */
  void suppressed(Subject subject, String rule, String gate);
}
