package dev.lockstep.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Index by minute of a subject's facts of one kind, for rules with sliding windows of whole
 * minutes.
 */
public final class MinuteFacts {
  private static final int MINUTES_OF_DAY = 1_440;

  private final NavigableMap<Integer, List<Fact>> byMinute;

  private MinuteFacts(NavigableMap<Integer, List<Fact>> byMinute) {
    this.byMinute = byMinute;
  }

  /**
   * Returns an index, by minute, of the facts of one kind on the case's day and on the {@code
   * daysBack} days before that day.
   *
   * @param minute field of the kind that holds the minute of the UTC day, 0 to 1439
   * @param daysBack how many days before the day of the case
   */
  public static MinuteFacts of(Case day, FactKind kind, Field minute, int daysBack) {
    NavigableMap<Integer, List<Fact>> byMinute = Collections.emptyNavigableMap();
    for (int each = day.day() - daysBack; each <= day.day(); each++) {
      for (Fact fact : day.on(each, kind)) {
        if (byMinute.isEmpty()) {
          byMinute = new TreeMap<>();
        }
        int at = each * MINUTES_OF_DAY + (int) fact.number(minute);
        byMinute.computeIfAbsent(at, any -> new ArrayList<>(1)).add(fact);
      }
    }
    return new MinuteFacts(byMinute);
  }

  /**
   * Returns the minute of the UTC day, 0 to 1439, in which a time lies.
   *
   * @param millis time in milliseconds since 1970
   */
  public static int ofDay(long millis) {
    return (int) (Math.floorMod(millis, 86_400_000L) / 60_000L);
  }

  /** Returns the time at which a minute of a UTC day begins, in milliseconds since 1970. */
  static long startOf(int day, int minute) {
    return day * 86_400_000L + minute * 60_000L;
  }

  /**
   * Returns the minutes of a UTC day that have facts, as numbers of minutes since 1970, ascending.
   */
  public Collection<Integer> on(int day) {
    return byMinute
        .subMap(day * MINUTES_OF_DAY, true, (day + 1) * MINUTES_OF_DAY - 1, true)
        .keySet();
  }

  /** Returns the facts of one minute, given as the number of minutes since 1970. */
  public List<Fact> at(int minute) {
    return byMinute.getOrDefault(minute, List.of());
  }

  /**
   * Returns those minutes of a time window that have facts, as numbers of minutes since 1970, the
   * latest first.
   *
   * @param last last minute of the window, counted from 1970
   * @param length number of minutes in the window
   */
  public Collection<Integer> window(int last, int length) {
    return byMinute.subMap(last - length + 1, true, last, true).descendingMap().keySet();
  }

  public boolean isEmpty() {
    return byMinute.isEmpty();
  }
}
