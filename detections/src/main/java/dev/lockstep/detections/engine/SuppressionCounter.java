package dev.lockstep.detections.engine;

import dev.lockstep.detections.judgement.CollectedVerdicts;
import dev.lockstep.detections.message.RuleCounts;
import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.rules.Subject;
import java.time.Duration;

/**
 * Counter of the verdicts that each gate of a rule suppressed. A suppression counts when its fact
 * changes. A suppression by an absence counts when the grace is over.
 */
final class SuppressionCounter {
  private final RuleCounts counts;
  private final ReachedTimes times;

  SuppressionCounter(RuleCounts counts, ReachedTimes times) {
    this.counts = counts;
    this.times = times;
  }

  /**
   * Counts, by gate, the suppressed verdicts that rest on the given fact, which has changed. If the
   * rule has a grace, a verdict that rests on this fact alone is counted only when the grace ends,
   * unless the fact is new and its grace is over already.
   */
  void count(
      Subject subject, RuleState state, CollectedVerdicts verdicts, KeptFact fact, boolean isNew) {
    Duration grace = state.rule().info().grace();
    boolean isOver = DueSubjects.isDue(fact.graceFrom() + grace.toMillis(), times.graceAt());
    boolean countsAlone = grace.isZero() || (isNew && isOver);
    verdicts.suppressed(
        (gate, facts) -> {
          if (facts.contains(fact) && (countsAlone || facts.size() > 1)) {
            counts.suppressed(subject, state.rule().info().id(), gate);
          }
        });
  }

  void count(Subject subject, RuleState state, CollectedVerdicts verdicts) {
    verdicts.suppressed(
        (gate, facts) -> counts.suppressed(subject, state.rule().info().id(), gate));
  }

  /**
   * Counts, by gate, the suppressed verdicts that rest on one fact alone, if the grace of this fact
   * has just ended. Grace is the rule's wait for missing facts. It is over now, and was not at the
   * arrival time {@code before}. A verdict that rests on several facts depends on no absence, and
   * was counted when one of these facts changed.
   *
   * @param before arrival time up to which ended graces were counted already
   */
  void countGraced(
      Subject subject, RuleState state, CollectedVerdicts verdicts, long before, long grace) {
    verdicts.suppressed(
        (gate, facts) -> {
          if (facts.size() == 1 && facts.get(0) instanceof KeptFact fact) {
            long at = fact.graceFrom() + grace;
            if (DueSubjects.isDue(at, times.graceAt()) && !DueSubjects.isDue(at, before)) {
              counts.suppressed(subject, state.rule().info().id(), gate);
            }
          }
        });
  }
}
