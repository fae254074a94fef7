package dev.lockstep.detections.engine;

import dev.lockstep.rules.Learned;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** State of a rule for one subject: its days, and what closed days have taught. */
final class RuleState {
  private final ActiveRule rule;
  private final TreeMap<Integer, RuleDay> days = new TreeMap<>();
  private final TreeMap<Integer, Map<String, Integer>> lessons = new TreeMap<>();
  private final TreeSet<Integer> unlearned = new TreeSet<>();
  private NavigableSet<Integer> unlearnedBefore = new TreeSet<>();
  private boolean lessonsDirty;
  private byte @Nullable [] written;

  RuleState(ActiveRule rule) {
    this.rule = rule;
  }

  ActiveRule rule() {
    return rule;
  }

  NavigableMap<Integer, RuleDay> days() {
    return days;
  }

  @Nullable RuleDay day(int day) {
    return days.get(day);
  }

  RuleDay dayOrNew(int day) {
    RuleDay known = days.get(day);
    if (known == null) {
      known = new RuleDay(day, rule);
      days.put(day, known);
    }
    return known;
  }

  /** Notes that a day may teach something else now. */
  void soilLesson(int day) {
    if (rule.info().daysLearned() > 0) {
      unlearned.add(day);
    }
  }

  NavigableSet<Integer> unlearned() {
    return unlearned;
  }

  /** Sets what a day teaches; returns if that changed. */
  boolean teach(int day, Map<String, Integer> traits) {
    Map<String, Integer> before = traits.isEmpty() ? lessons.remove(day) : lessons.put(day, traits);
    boolean changed = !traits.equals(before == null ? Map.of() : before);
    lessonsDirty |= changed;
    return changed;
  }

  NavigableMap<Integer, Map<String, Integer>> lessons() {
    return lessons;
  }

  /** Drops the lessons that nothing in time reads any more. */
  void prune(int newest) {
    int oldest = newest - rule.info().daysLearned() - 3;
    if (lessons.isEmpty() || lessons.firstKey() >= oldest) {
      return;
    }
    Learned all = learned(Integer.MAX_VALUE - 2);
    lessonsDirty |=
        lessons
            .headMap(oldest, false)
            .keySet()
            .removeIf(day -> !rule.rule().remembers(day, all, rule.settings()));
  }

  /** Returns if lessons, or what is still to be learned, are not as they were written. */
  boolean lessonsDirty() {
    return lessonsDirty || !unlearned.equals(unlearnedBefore);
  }

  byte @Nullable [] written() {
    return written;
  }

  void written(byte @Nullable [] bytes) {
    written = bytes;
    unlearnedBefore = new TreeSet<>(unlearned);
    lessonsDirty = false;
  }

  /** Returns what the days up to two before one have taught. */
  Learned learned(int day) {
    NavigableSet<Integer> closed = lessons.navigableKeySet().headSet(day - 2, true);
    return new Learned() {
      @Override
      public NavigableSet<Integer> days() {
        return closed;
      }

      @Override
      public Map<String, Integer> on(int one) {
        return one <= day - 2 ? lessons.getOrDefault(one, Map.of()) : Map.of();
      }
    };
  }
}
