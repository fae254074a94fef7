package dev.lockstep.detections.engine;

import dev.lockstep.detections.judgement.RuleCalls;
import dev.lockstep.detections.message.Statement;
import dev.lockstep.detections.message.Visit;
import dev.lockstep.detections.state.FactIdentity;
import dev.lockstep.detections.state.FiredEntry;
import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Settings;
import java.util.List;
import java.util.function.Supplier;

/**
 * Part of the engine that merges an event's facts, as rules state them, into the kept facts of a
 * subject's day, or retracts them there. Facts that are alike become one, near runs are united, and
 * if there are too many facts, the last in order are dropped. Then the days that read a changed
 * fact are judged.
 */
final class FactMerger {
  private static final long DAY_MILLIS = 86_400_000L;

  private final RuleCalls calls;
  private final DayJudge judge;
  private final ChangedSubjects changed;

  FactMerger(RuleCalls calls, DayJudge judge, ChangedSubjects changed) {
    this.calls = calls;
    this.judge = judge;
    this.changed = changed;
  }

  void apply(SubjectState subject, RuleState state, Statement statement, Visit visit) {
    RuleDay day = state.dayOrNew(visit.reference().day());
    Settings settings = state.rule().settings();
    FactKind kind = statement.kind();
    FactIdentity identity = new FactIdentity(statement, visit);
    if (visit.retracts()) {
      retract(subject, state, day, statement, visit, identity);
      return;
    }
    if (kind.hasRuns()) {
      addToRun(subject, state, day, statement, visit, identity, kind.gapMillis(settings));
      return;
    }
    KeptFact known = day.alike(identity);
    if (known != null) {
      boolean isChanged =
          kind.hasAggregate()
              ? isTrue(state, () -> known.add(statement, visit, settings.setCap()))
              : known.add(statement, visit, settings.setCap());
      boolean endsLater = known.endsAt(visit.reference());
      if (isChanged) {
        judge.changed(subject, state, day, known, false);
      } else if (endsLater) {
        judge.endsLater(subject, state, day, known);
      }
      return;
    }
    KeptFact added =
        kind.hasAggregate()
            ? calls.guarded(
                state.rule(), "aggregate", () -> added(statement, visit, identity, settings))
            : added(statement, visit, identity, settings);
    if (added != null) {
      addNew(subject, state, day, added, settings);
    }
  }

  private boolean isTrue(RuleState state, Supplier<Boolean> change) {
    return Boolean.TRUE.equals(calls.guarded(state.rule(), "aggregate", change));
  }

  private static KeptFact added(
      Statement statement, Visit visit, FactIdentity identity, Settings settings) {
    KeptFact added = KeptFact.of(statement, visit, settings.setCap());
    added.orderOf(identity);
    return added;
  }

  private void addNew(
      SubjectState subject, RuleState state, RuleDay day, KeptFact added, Settings settings) {
    FactKind kind = added.kind();
    long ceiling = day.ceiling(kind);
    if (ceiling != RuleDay.NO_CEILING && added.order() >= ceiling) {
      judge.judgeUnkept(subject, state, added);
      return;
    }
    day.add(added);
    judge.changed(subject, state, day, added, true);
    bound(subject, state, day, kind, settings);
  }

  private void addToRun(
      SubjectState subject,
      RuleState state,
      RuleDay day,
      Statement statement,
      Visit visit,
      FactIdentity identity,
      long gapMillis) {
    Settings settings = state.rule().settings();
    long at = visit.reference().at();
    KeptFact run = null;
    boolean moved = false;
    boolean grown = false;
    for (KeptFact fact : day.runs(identity, at, gapMillis)) {
      if (run == null) {
        if (isNear(fact.firstAt(), fact.lastAt(), at, at, gapMillis)) {
          long slots = slots(fact, gapMillis);
          moved = fact.add(statement, visit, settings.setCap());
          grown = slots(fact, gapMillis) > slots;
          run = fact;
        }
      } else if (isNear(fact.firstAt(), fact.lastAt(), run.firstAt(), run.lastAt(), gapMillis)) {
        dropFired(fact);
        run.merge(fact, settings.setCap());
        changed.drop(subject, fact);
        day.remove(fact);
        moved = true;
      }
    }
    if (run == null) {
      addNew(subject, state, day, added(statement, visit, identity, settings), settings);
    } else if (moved) {
      judge.changed(subject, state, day, run, false);
      if (grown) {
        bound(subject, state, day, run.kind(), settings);
      }
    }
  }

  /**
   * Returns how many periods of time a fact touches from its first to its last event, when time
   * since 1970 is divided into periods of {@code gapMillis}. The fact is a run, which means that
   * its events have no longer gap between them.
   */
  private static long slots(KeptFact run, long gapMillis) {
    long gap = Math.max(1, gapMillis);
    return Math.floorDiv(run.lastAt(), gap) - Math.floorDiv(run.firstAt(), gap) + 1;
  }

  private static boolean isNear(
      long first, long last, long otherFirst, long otherLast, long gapMillis) {
    long apart = Math.max(first - otherLast, otherFirst - last);
    return apart <= 0 || apart < gapMillis;
  }

  private void retract(
      SubjectState subject,
      RuleState state,
      RuleDay day,
      Statement statement,
      Visit visit,
      FactIdentity identity) {
    KeptFact known = day.alike(identity);
    if (known == null) {
      return;
    }
    boolean isChanged =
        known.kind().hasAggregate()
            ? isTrue(state, () -> known.retract(statement, visit))
            : known.retract(statement, visit);
    if (!isChanged) {
      return;
    }
    if (known.isEmpty()) {
      day.remove(known);
      changed.drop(subject, known);
      judge.removed(subject, state, day, known);
    } else {
      judge.changed(subject, state, day, known, false);
    }
  }

  private static void dropFired(KeptFact fact) {
    for (FiredEntry entry : List.copyOf(fact.fired())) {
      entry.finding().day().dropFired(fact);
    }
  }

  private void bound(
      SubjectState subject, RuleState state, RuleDay day, FactKind kind, Settings settings) {
    if (!isTooMany(day, kind, settings)) {
      return;
    }
    if (!day.hasLost()) {
      day.ceiling(kind, Long.MAX_VALUE - 1); // now all findings of the day report an overflow
      judge.overflows(subject, state, day);
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
}
