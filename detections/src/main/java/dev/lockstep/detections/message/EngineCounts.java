package dev.lockstep.detections.message;

import dev.lockstep.rules.Subject;

/**
 * Receiver of counts about rules: suppressions by gate, failures, slow judgements, and counters of
 * the rules themselves.
 */
public interface EngineCounts {
  /** Counts what a gate suppressed. */
  void suppressed(String rule, String gate);

  /** Counts something that a gate suppressed for a subject. */
  default void suppressed(Subject subject, String rule, String gate) {
    suppressed(rule, gate);
  }

  /** Counts something for a rule's coverage. */
  void counted(String rule, String name);

  /** Counts a failure of a rule; one that repeats while days are explained is not counted again. */
  void failed(String rule, String what, Throwable failure);

  /** Counts a slow judgement; its result is used all the same. */
  default void slow(String rule, long millis) {
    counted(rule, "slowJudgements");
  }
}
