package dev.lockstep.detections.engine;

import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.SubjectState;
import java.util.List;

/**
 * Part of the engine that gives out postponed changes of findings. A change is postponed if it is
 * not urgent, such as that of a count. A day with such changes is pending. Callers choose all
 * pending days, those of one subject, or all except days with very many verdicts.
 */
final class PendingOutput {
  private final DayJudge judge;
  private final DaysToGiveOut pending;

  PendingOutput(DayJudge judge, DaysToGiveOut pending) {
    this.judge = judge;
    this.pending = pending;
  }

  void flush() {
    for (DaysToGiveOut.PendingDay of = pending.poll(); of != null; of = pending.poll()) {
      giveOut(of);
    }
  }

  /**
   * Gives out the findings of all pending days, except days with very many verdicts. Such a day
   * stays pending until its facts have grown by half since the last output.
   */
  void flushMost() {
    for (DaysToGiveOut.PendingDay of : pending.all()) {
      if (pending.contains(of.day()) && !mayWait(of.day())) {
        giveOut(of);
      }
    }
  }

  private void giveOut(DaysToGiveOut.PendingDay of) {
    judge.giveOut(of.subject(), of.state(), of.day());
    judge.relearn(of.subject(), of.state());
  }

  private static boolean mayWait(RuleDay day) {
    return day.isCrowded() && 2 * day.size() < 3 * day.factsGivenOut();
  }

  private static boolean isPending(RuleState state, int before) {
    for (RuleDay day : state.days().values()) {
      if (day.isPending() && day.day() < before) {
        return true;
      }
    }
    return false;
  }

  /**
   * Gives out the findings of those pending days of a subject that are earlier than the given day.
   */
  void flush(SubjectState subject, int before) {
    flush(subject, before, true);
  }

  /**
   * Gives out the findings of a subject's pending days, except days with very many verdicts. {@link
   * #flushMost()} tells how long such a day stays pending.
   */
  void flushMost(SubjectState subject) {
    flush(subject, Integer.MAX_VALUE, false);
  }

  /**
   * Judges and gives out those pending days of a subject on which facts changed since the last
   * judgement. Once the state leaves memory, it is not known any more which facts changed, and
   * suppressions by these changes could not be counted.
   */
  void flushUnjudged(SubjectState subject) {
    for (RuleState state : subject.rules()) {
      for (RuleDay day : List.copyOf(state.days().values())) {
        if (day.hasUnjudged() && pending.contains(day)) {
          judge.giveOut(subject, state, day);
          judge.relearn(subject, state);
        }
      }
    }
  }

  private void flush(SubjectState subject, int before, boolean all) {
    for (RuleState state : subject.rules()) {
      if (isPending(state, before)) {
        for (RuleDay day : List.copyOf(state.days().headMap(before, false).values())) {
          if (pending.contains(day) && (all || !mayWait(day))) {
            judge.giveOut(subject, state, day);
            judge.relearn(subject, state);
          }
        }
      }
    }
  }
}
