package dev.lockstep.detections.engine;

import dev.lockstep.detections.state.FiredEntry;
import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Settings;
import java.util.List;

/** Part of the engine that drops facts of a kind if a subject has too many of them on one day. */
final class FactLimit {
  private static final long DAY_MILLIS = 86_400_000L;

  private final DayJudge judge;
  private final ChangedSubjects changed;

  FactLimit(DayJudge judge, ChangedSubjects changed) {
    this.judge = judge;
    this.changed = changed;
  }

  /**
   * Drops facts of a kind from a day until the day has no more of them than may be kept. The last
   * facts in the order of facts are dropped first. Once a fact is dropped, the findings of the day
   * report an overflow.
   */
  void apply(SubjectState subject, RuleState state, RuleDay day, FactKind kind, Settings settings) {
    if (!isTooMany(day, kind, settings)) {
      return;
    }
    if (!day.hasLost()) {
      day.ceiling(kind, Long.MAX_VALUE - 1); // now all findings of the day report an overflow
      judge.giveOutOverflow(subject, state, day);
    }
    while (isTooMany(day, kind, settings)) {
      long largest = Long.MIN_VALUE;
      for (KeptFact fact : day.facts(kind)) {
        largest = Math.max(largest, fact.order());
      }
      for (KeptFact fact : List.copyOf(day.facts(kind))) {
        if (fact.order() == largest) {
          dropFired(fact);
          changed.drop(subject, fact);
          day.remove(fact);
        }
      }
      day.ceiling(kind, largest);
    }
    state.markLessonChanged(day.day());
    judge.relearn(subject, state);
  }

  /**
   * Returns whether a day has more facts of a kind than are kept. Runs are counted by their {@link
   * #slots}. More events never make the number of slots smaller, but they can unite runs.
   */
  private static boolean isTooMany(RuleDay day, FactKind kind, Settings settings) {
    int most = kind.most(settings);
    if (!kind.hasRuns()) {
      return day.size(kind) > most;
    }
    long gap = Math.max(1, kind.gapMillis(settings));
    long mostSlots = DAY_MILLIS / gap + 2;
    if (day.size(kind) * mostSlots <= most || day.groups(kind) * mostSlots <= most) {
      return false; // the length of the runs does not matter
    }
    long slots = 0;
    for (KeptFact fact : day.facts(kind)) {
      slots += slots(fact, gap);
    }
    return slots > most;
  }

  /**
   * Returns how many periods of the given length a fact falls into, counted from its first to its
   * last event. The periods follow each other from 1970 on. The fact is a run, which means that no
   * gap between its events is longer than {@code gapMillis}.
   */
  static long slots(KeptFact run, long gapMillis) {
    long gap = Math.max(1, gapMillis);
    return Math.floorDiv(run.lastAt(), gap) - Math.floorDiv(run.firstAt(), gap) + 1;
  }

  /** Removes from each day the verdicts that rest on a fact which is about to be dropped. */
  static void dropFired(KeptFact fact) {
    for (FiredEntry entry : List.copyOf(fact.fired())) {
      entry.finding().day().dropFired(fact);
    }
  }
}
