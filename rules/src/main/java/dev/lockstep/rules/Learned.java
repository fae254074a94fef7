package dev.lockstep.rules;

import java.util.Map;
import java.util.NavigableSet;
import java.util.function.Function;

/** Lessons of the closed days before the day of a case: up to two days before. */
public interface Learned {
  /** Returns the days that taught anything, ascending. */
  NavigableSet<Integer> days();

  /** Returns the traits of a day with their amounts; empty for a day that taught nothing. */
  Map<String, Integer> on(int day);

  /**
   * Returns what a rule works out of the lessons for the day of the case: worked out once for as
   * long as they stay as they are.
   *
   * @param work a function of the lessons, the day and the settings, and of nothing else
   */
  default <T> T digest(Class<T> type, Function<Learned, T> work) {
    return work.apply(this);
  }

  /** Returns on how many days between two, both inclusive, a trait was noted. */
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
