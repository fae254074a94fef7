package dev.lockstep.detections.engine;

import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.detections.storage.StateRecords;

/**
 * Days that are read from records and need not be judged whole. Of a day from which nothing was
 * given out, nothing fired when it was judged last, so only what changes has to be judged.
 *
 * <p>That holds for the days that rules with today's settings have judged. Days that were kept when
 * the engine began may have been judged by others, so they are judged whole once more.
 */
final class SettledDays {
  private static final int UNKNOWN = Integer.MAX_VALUE;

  private int newest;
  private int others;

  private SettledDays(int newest, int others) {
    this.newest = newest;
    this.others = others;
  }

  /** Returns the days of an engine that begins with these records. */
  static SettledDays of(StateRecords records) {
    boolean[] some = new boolean[1];
    records.walk(null, 1, (subject, key, value) -> some[0] = true);
    return new SettledDays(Integer.MIN_VALUE, some[0] ? UNKNOWN : Integer.MIN_VALUE);
  }

  /** Returns the days of an engine that goes on with other rules. */
  SettledDays ofOtherRules() {
    return new SettledDays(newest, others == UNKNOWN ? UNKNOWN : newest);
  }

  /** Learns that there is state of a day. */
  void sees(int day) {
    newest = Math.max(newest, day);
  }

  /** Learns that all records have been seen since the engine began. */
  void sawAll() {
    if (others == UNKNOWN) {
      others = newest;
    }
  }

  /**
   * Takes for granted that nothing fires on the days that were just read.
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
