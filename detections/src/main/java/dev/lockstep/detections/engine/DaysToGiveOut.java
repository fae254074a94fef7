package dev.lockstep.detections.engine;

import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.SubjectState;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Queue of days with findings that have changed but are not given out yet. The day that waits
 * longest is the first.
 */
final class DaysToGiveOut {
  private final LinkedHashMap<RuleDay, PendingDay> days = new LinkedHashMap<>();

  /** Day whose changed findings wait to be given out, with its subject and rule. */
  record PendingDay(SubjectState subject, RuleState state, RuleDay day) {}

  boolean isEmpty() {
    return days.isEmpty();
  }

  boolean contains(RuleDay day) {
    return days.containsKey(day);
  }

  boolean hasDayOf(SubjectState subject) {
    if (days.isEmpty()) {
      return false;
    }
    for (RuleState state : subject.rules()) {
      for (RuleDay day : state.days().values()) {
        if (day.isPending() && contains(day)) {
          return true;
        }
      }
    }
    return false;
  }

  void add(SubjectState subject, RuleState state, RuleDay day) {
    days.put(day, new PendingDay(subject, state, day));
  }

  void remove(RuleDay day) {
    days.remove(day);
  }

  /**
   * Removes the days of a subject from this queue, and returns the earliest of them, or {@link
   * Integer#MAX_VALUE} if there is none.
   */
  int leave(SubjectState subject) {
    int first = Integer.MAX_VALUE;
    if (days.isEmpty()) {
      return first;
    }
    for (RuleState state : subject.rules()) {
      for (RuleDay day : state.days().values()) {
        if (day.isPending() && days.remove(day) != null) {
          first = Math.min(first, day.day());
        }
      }
    }
    return first;
  }

  @Nullable PendingDay poll() {
    Iterator<PendingDay> first = days.values().iterator();
    if (!first.hasNext()) {
      return null;
    }
    PendingDay day = first.next();
    first.remove();
    return day;
  }

  List<PendingDay> all() {
    return List.copyOf(days.values());
  }

  void addRead(SubjectState subject) {
    for (RuleState state : subject.rules()) {
      for (RuleDay day : state.days().values()) {
        if (day.isPending() && !contains(day)) {
          add(subject, state, day);
        }
      }
    }
  }
}
