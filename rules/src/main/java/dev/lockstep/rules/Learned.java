package dev.lockstep.rules;

import java.util.Map;
import java.util.NavigableSet;
import java.util.function.Function;

/**
 * Lessons of one rule and subject: the traits, such as usual countries, that the rule learned from
 * closed days. The rule reads them when it judges a later day. Each closed day lies at least two
 * days before the judged day.
 */
public interface Learned {
  /** Returns the UTC days that have lessons, ascending. */
  NavigableSet<Integer> days();

  /**
   * Returns the traits that the rule learned from a day, such as countries, each with its amount,
   * such as a number of minutes. The map is empty for a day without lessons.
   */
  Map<String, Integer> on(int day);

  /**
   * Returns a value that a rule computes from the lessons, cached until a lesson changes.
   *
   * @param work function that computes the value from these lessons; besides them, its result may
   *     depend only on the day of the case and on the settings
   */
  default <T> T digest(Class<T> type, Function<Learned, T> work) {
    return work.apply(this);
  }

  /**
   * Returns on how many days of a range the rule learned the given trait, such as a country.
   *
   * @param from first UTC day of the range, counted from 1970
   * @param to last UTC day of the range, counted from 1970
   */
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
