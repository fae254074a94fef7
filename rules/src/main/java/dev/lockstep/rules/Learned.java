package dev.lockstep.rules;

import java.util.Map;
import java.util.NavigableSet;
import java.util.function.Function;

/**
 * Lessons of closed days that a rule may read for a case: days that lie at least two days before
 * the day of the case.
 */
public interface Learned {
  /** Returns the UTC days that have lessons, ascending. */
  NavigableSet<Integer> days();

  /**
   * Returns the traits that the rule learned from a day, such as a country, each with the number
   * that the rule stored with the trait. The map is empty for a day without lessons.
   */
  Map<String, Integer> on(int day);

  /**
   * Returns a value that a rule computes from the lessons, cached until a lesson changes.
   *
   * @param work function of the lessons, the day of the case and the settings, and of nothing else
   */
  default <T> T digest(Class<T> type, Function<Learned, T> work) {
    return work.apply(this);
  }

  /** Returns the number of days in a range that taught a trait. Both ends belong to the range. */
  default int daysOf(String trait, int from, int to) {
    int count = 0;
    if (from <= to) {
      for (int day : days().subSet(from, true, to, true)) {
        if (on(day).containsKey(trait)) {
          count++;
        }
      }
    }
    return count;
  }
}
