package dev.lockstep.detections.engine;

import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.detections.storage.StateRecords;

/**
 * Days that rules with the present settings have judged before, so that only what has changed since
 * is judged. If no finding of a day was given out, nothing fired at its last judgement, so only
 * changes have to be judged.
 *
 * <p>That holds for the days that rules with today's settings have judged. Days that were kept when
 * the engine began may have been judged by others, so they are judged whole once more.
 */
final class JudgedBeforeDays {
  private static final int UNKNOWN = Integer.MAX_VALUE;

  private int newest;
  private int others;

  private JudgedBeforeDays(int newest, int others) {
    this.newest = newest;
    this.others = others;
  }

  /** Creates the set of judged days for an engine that starts with these records. */
  static JudgedBeforeDays of(StateRecords records) {
    boolean[] some = new boolean[1];
    records.walk(null, 1, (subject, key, value) -> some[0] = true);
    return new JudgedBeforeDays(Integer.MIN_VALUE, some[0] ? UNKNOWN : Integer.MIN_VALUE);
  }

  /** Creates the set of judged days for an engine that continues with other rules. */
  JudgedBeforeDays ofOtherRules() {
    return new JudgedBeforeDays(newest, others == UNKNOWN ? UNKNOWN : newest);
  }

  /** Records that a day has state. */
  void sees(int day) {
    newest = Math.max(newest, day);
  }

  /** Records that the sweep, which started with the engine, has now seen every record once. */
  void sawAll() {
    if (others == UNKNOWN) {
      others = newest;
    }
  }

  /**
   * Marks days, after they were read from state, as already judged with nothing that fires; leaves
   * out days that other rules may have judged.
   *
   * @param from first day that was read
   * @param to end of the days that were read, exclusive
   */
  void restore(SubjectState subject, int from, int to) {
    for (RuleState state : subject.rules()) {
      if (state.rule().info().judgesByChange()) {
        for (RuleDay day : state.days().subMap(from, to).values()) {
          if (day.day() > others) {
            day.judgedBefore();
          }
        }
      }
    }
  }
}
