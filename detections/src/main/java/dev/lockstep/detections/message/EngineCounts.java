package dev.lockstep.detections.message;

import dev.lockstep.rules.Subject;

/** Counters of what rules report, for people. */
public interface EngineCounts {
  /** Counts what a gate suppressed. */
  void suppressed(String rule, String gate);

  /** Counts what a gate suppressed of a subject. */
  default void suppressed(Subject subject, String rule, String gate) {
    suppressed(rule, gate);
  }

  /** Counts something for a rule's coverage. */
  void counted(String rule, String name);

  /** Counts a failure of a rule. */
  void failed(String rule, String what, Throwable failure);

  /** Counts a judgement that took long, and holds. */
  default void slow(String rule, long millis) {
    counted(rule, "slowJudgements");
  }
}
