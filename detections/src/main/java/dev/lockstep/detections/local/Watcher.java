package dev.lockstep.detections.local;

import dev.lockstep.rules.Event;
import dev.lockstep.rules.Subject;

/** Watcher of a run: it sees each event that rules observe and everything that gates suppress. */
public interface Watcher {
  /** Sees an event that rules observe as it enters; copies are left out. */
  void sees(Event event);

  /**
   * Sees a revision of a call, of which more is known than before.
   *
   * @param retracts if the facts of the call's earlier form are retracted
   */
  void revises(Event event, boolean retracts);

  /** Sees something that a gate suppressed for a subject. Safe for use by many threads. */
  void suppressed(Subject subject, String rule, String gate);
}
