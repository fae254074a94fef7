package dev.lockstep.detections.local;

import dev.lockstep.rules.Event;
import dev.lockstep.rules.Subject;

/** Watcher of a run: it sees each event that rules observe and everything that gates suppress. */
public interface Watcher {
  /** Receives an event that rules observe, when its record enters the run; copies are left out. */
  void sees(Event event);

  /**
   * Receives a revision of a call, of which more is known than before.
   *
   * @param retracts if the facts of the call's earlier form are retracted
   */
  void revises(Event event, boolean retracts);

  /** Receives a suppression by a gate, with the subject. Safe for use by many threads. */
  void suppressed(Subject subject, String rule, String gate);
}
