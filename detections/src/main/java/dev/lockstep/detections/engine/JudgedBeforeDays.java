package dev.lockstep.detections.engine;

import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.detections.storage.StateRecords;

/**
 * Days that rules with the present settings have judged before, so that only later changes have to
 * be judged. If no finding of such a day was given out, nothing fired at its last judgement.
 *
 * <p>Days that were kept when the engine began may have been judged by other rules, so they are
 * judged whole once more.
 */
final class JudgedBeforeDays {
  private static final int UNKNOWN = Integer.MAX_VALUE;

  private int newest;
  private int others;

  private JudgedBeforeDays(int newest, int others) {
    this.newest = newest;
    this.others = others;
  }

  static JudgedBeforeDays of(StateRecords records) {
    boolean[] some = new boolean[1];
    records.walk(null, 1, (subject, key, value) -> some[0] = true);
    return new JudgedBeforeDays(Integer.MIN_VALUE, some[0] ? UNKNOWN : Integer.MIN_VALUE);
  }

  JudgedBeforeDays ofOtherRules() {
    return new JudgedBeforeDays(newest, others == UNKNOWN ? UNKNOWN : newest);
  }

  void recordDay(int day) {
    newest = Math.max(newest, day);
  }

  /** Remembers that {@link EvictionSweep} has read every record once. */
  void recordFullSweep() {
    if (others == UNKNOWN) {
      others = newest;
    }
  }

  /**
   * Marks days as already judged, after they were read from a subject's state records. Their old
   * facts are then not judged again. Only days of rules that compare just a changed fact with the
   * other facts are marked ({@code RuleInfo.judgesByChange}). Days that have a state record of
   * their own, or that rules with earlier settings may have judged, are left out.
   *
   * @param from first day that was read
   * @param to end of the days that were read, exclusive
   */
  void restore(SubjectState subject, int from, int to) {
    for (RuleState state : subject.rules()) {
      if (state.rule().info().judgesByChange()) {
        for (RuleDay day : state.days().subMap(from, to).values()) {
          if (day.day() > others) {
            day.markJudgedUnlessStored();
          }
        }
      }
    }
  }
}
