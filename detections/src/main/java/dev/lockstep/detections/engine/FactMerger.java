package dev.lockstep.detections.engine;

import dev.lockstep.detections.judgement.RuleCalls;
import dev.lockstep.detections.message.Statement;
import dev.lockstep.detections.message.Visit;
import dev.lockstep.detections.state.FactIdentity;
import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Settings;
import java.util.function.Supplier;

/**
 * Part of the engine that merges the facts of an event into the kept facts of a subject. It also
 * retracts them there. An event's facts are those that rules state. Facts that are alike become
 * one, near runs are united, and if there are too many facts, the last in order are dropped. Then
 * the days that read a changed fact are judged.
 */
final class FactMerger {
  private final RuleCalls calls;
  private final DayJudge judge;
  private final ChangedSubjects changed;
  private final FactLimit limit;

  FactMerger(RuleCalls calls, DayJudge judge, ChangedSubjects changed) {
    this.calls = calls;
    this.judge = judge;
    this.changed = changed;
    this.limit = new FactLimit(judge, changed);
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
    judge.keepLesson(state, day);
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
      boolean endsLater = known.replaceLast(visit.reference());
      if (isChanged) {
        judge.changed(subject, state, day, known, false);
      } else if (endsLater) {
        judge.scheduleLaterEnd(subject, state, day, known);
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
    added.setOrder(identity);
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
    limit.apply(subject, state, day, kind, settings);
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
          long slots = FactLimit.slots(fact, gapMillis);
          moved = fact.add(statement, visit, settings.setCap());
          grown = FactLimit.slots(fact, gapMillis) > slots;
          run = fact;
        }
      } else if (isNear(fact.firstAt(), fact.lastAt(), run.firstAt(), run.lastAt(), gapMillis)) {
        FactLimit.dropFired(fact);
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
        limit.apply(subject, state, day, run.kind(), settings);
      }
    }
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
}
