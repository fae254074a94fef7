package dev.lockstep.detections.message;

import dev.lockstep.rules.Subject;

/**
 * Receiver of counts about rules: suppressions by gate, failures, slow judgements, and counters of
 * the rules themselves.
 */
public interface RuleCounts extends OngoingCall.Receiver {
  /** Counts an event or a verdict of a rule that a gate suppressed. */
  void suppressed(String rule, String gate);

  /**
   * Counts an event or a verdict about a subject that a gate suppressed. By default the subject is
   * ignored.
   */
  default void suppressed(Subject subject, String rule, String gate) {
    suppressed(rule, gate);
  }

  /** Adds one to a counter of a rule, for example of events without an address. */
  void counted(String rule, String name);

  /**
   * Counts a failure of a rule. It is not called while days are judged again only to explain them.
   * The id of the rule is {@code sigma} if the matching of an event against all Sigma rules fails.
   *
   * @param what what the rule was doing, such as {@code judge}
   */
  void failed(String rule, String what, Throwable failure);

  /**
   * Counts a slow judgement of a rule. By default it counts under the name {@code slowJudgements},
   * without the duration.
   */
  default void slow(String rule, long millis) {
    counted(rule, "slowJudgements");
  }
}
