package dev.lockstep.detections.local;

import dev.lockstep.rules.Event;
import dev.lockstep.rules.Subject;

/**
 * Watcher of a {@link LocalDriver}, which receives each new event that rules observe, each revision
 * of a call, and each suppression by a gate.
 */
public interface Watcher {
  /**
   * Receives each new event that may concern a rule, after the rules have observed it; copies are
   * left out.
   */
  void sees(Event event);

  /**
   * Receives a call again, with what the joins have learned about it in the meantime. By default it
   * is treated as a new event, unless it retracts.
   *
   * @param retracts if the facts of the call's earlier form are retracted
   */
  default void revises(Event event, boolean retracts) {
    if (!retracts) {
      sees(event);
    }
  }

  /**
   * Receives a suppression by a gate, with the subject concerned. It is called by many threads. By
   * default it is ignored.
   */
  default void suppressed(Subject subject, String rule, String gate) {}
}
