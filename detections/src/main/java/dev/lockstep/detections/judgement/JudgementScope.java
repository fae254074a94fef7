package dev.lockstep.detections.judgement;

import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.RuleDay;
import org.jspecify.annotations.Nullable;

/**
 * Part of a day that a rule is asked to judge: all facts of the day, or one changed fact.
 *
 * @param changed fact whose verdicts are wanted; null if the verdicts of all facts are wanted
 * @param unkept fact that the rule is given beside those that are kept, or null
 * @param onlyRaising day that limits the verdicts: only those are wanted that add a finding to the
 *     day or raise one of its findings; null for no limit
 */
public record JudgementScope(
    @Nullable KeptFact changed, @Nullable KeptFact unkept, @Nullable RuleDay onlyRaising) {
  /** Scope for judging all facts of a day. */
  public static final JudgementScope WHOLE_DAY = new JudgementScope(null, null, null);

  /**
   * Returns the scope for judging all facts of a day, limited to the verdicts that add or raise a
   * finding.
   */
  public static JudgementScope raising(RuleDay day) {
    return new JudgementScope(null, null, day);
  }

  /** Returns the scope for judging one changed fact. */
  public static JudgementScope changed(KeptFact fact) {
    return new JudgementScope(fact, null, null);
  }

  /**
   * Returns the scope for judging one changed fact, limited to the verdicts that add or raise a
   * finding.
   */
  public static JudgementScope raising(KeptFact changed, RuleDay day) {
    return new JudgementScope(changed, null, day);
  }

  /**
   * Returns the scope for judging a fact that its day has no room to keep. Only verdicts that add
   * or raise a finding count in that scope.
   */
  public static JudgementScope unkept(KeptFact fact, RuleDay day) {
    return new JudgementScope(fact, fact, day);
  }
}
