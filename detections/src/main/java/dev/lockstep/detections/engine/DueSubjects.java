package dev.lockstep.detections.engine;

import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Schedule of the subjects with work to do, by the time at which the work is due. Work is due at an
 * arrival time (rounded up to a minute), at a wall clock time, or at once.
 */
final class DueSubjects {
  private static final long MINUTE_MILLIS = 60_000L;

  private final TreeMap<Long, Set<Due>> byArrival = new TreeMap<>();
  private final Map<Subject, Long> byWall = new HashMap<>();

  /**
   * Subjects that are due at once, because facts changed after the end of their grace. Each has the
   * earliest day that has such a fact.
   */
  private final Map<Subject, Integer> late = new LinkedHashMap<>();

  /**
   * Subject with due work, and the first day of the subject's state that the work reads.
   *
   * @param day day from which its state has to be read
   * @param again if work that was due earlier has to be done again
   */
  record Due(Subject subject, int day, boolean again) {
    private Due withDayOf(Due other) {
      return other.day < day ? other : this;
    }
  }

  static boolean isDue(long arrivalAt, long watermark) {
    return minuteOf(arrivalAt) <= Math.floorDiv(watermark, MINUTE_MILLIS);
  }

  /** Returns the first minute that begins at or after an arrival time, in minutes since 1970. */
  private static long minuteOf(long arrivalAt) {
    return Math.floorDiv(arrivalAt + MINUTE_MILLIS - 1, MINUTE_MILLIS);
  }

  void at(long arrivalAt, Subject subject, int day, boolean again) {
    byArrival
        .computeIfAbsent(minuteOf(arrivalAt), any -> new LinkedHashSet<>(2))
        .add(new Due(subject, day, again));
  }

  void byWall(long wallAt, Subject subject) {
    byWall.put(subject, wallAt);
  }

  /** Makes a subject due at a wall clock time, unless the subject has a wall clock time already. */
  void byWallIfNone(long wallAt, Subject subject) {
    byWall.putIfAbsent(subject, wallAt);
  }

  /**
   * Removes and returns the work that is due at an arrival time or before. A subject whose work is
   * due at several times gets one entry, because its work is done all at once. Work that has to be
   * done again is an entry of its own.
   */
  List<Due> upTo(long arrivalAt) {
    Map<Due, Due> due = new LinkedHashMap<>();
    long minute = Math.floorDiv(arrivalAt, MINUTE_MILLIS);
    while (!byArrival.isEmpty() && byArrival.firstKey() <= minute) {
      for (Due each : byArrival.pollFirstEntry().getValue()) {
        due.merge(new Due(each.subject(), 0, each.again()), each, Due::withDayOf);
      }
    }
    return new ArrayList<>(due.values());
  }

  /**
   * Makes a day of a subject due at once, because a fact changed after the wait for missing facts
   * was over. This wait is the fact's grace.
   */
  void late(Subject subject, int day) {
    late.merge(subject, day, Math::min);
  }

  boolean hasLate() {
    return !late.isEmpty();
  }

  List<Due> takeLate() {
    List<Due> due = new ArrayList<>(late.size());
    late.forEach((subject, day) -> due.add(new Due(subject, day, true)));
    late.clear();
    return due;
  }

  /**
   * Removes and returns the subjects that are due at a wall clock time or before. They are in the
   * order of ids.
   */
  List<Subject> byWallUpTo(long wallAt) {
    List<Subject> due = new ArrayList<>();
    for (Iterator<Map.Entry<Subject, Long>> all = byWall.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Subject, Long> one = all.next();
      if (one.getValue() <= wallAt) {
        due.add(one.getKey());
        all.remove();
      }
    }
    due.sort((one, other) -> one.id().compareTo(other.id()));
    return due;
  }
}
