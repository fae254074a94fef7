package dev.lockstep.rules;

import java.util.Map;
import java.util.NavigableSet;

/** Lessons of the closed days before the day of a case: up to two days before. */
public interface Learned {
  /** Returns the days that taught anything, ascending. */
  NavigableSet<Integer> days();

  /** Returns the traits of a day with their amounts; empty for a day that taught nothing. */
  Map<String, Integer> on(int day);

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
