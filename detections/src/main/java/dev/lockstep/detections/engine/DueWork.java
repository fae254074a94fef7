package dev.lockstep.detections.engine;

import dev.lockstep.detections.alert.AlertExchange;
import dev.lockstep.detections.alert.SubjectAlerts;
import dev.lockstep.detections.judgement.CollectedVerdicts;
import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.List;

/**
 * Part of the engine that judges alerts and days when they are due. An alert is due when the wait
 * for its further records is over, and a day when the grace of a fact is over. Grace is the time
 * for which a rule waits, after a fact, for an event that may still come.
 */
final class DueWork {
  private final DueSubjects dues;
  private final AlertExchange alerts;
  private final OpenSubjects subjects;
  private final DayJudge judge;
  private final SuppressionCounter gates;
  private final ChangedSubjects changed;
  private final ReachedTimes times;

  DueWork(
      DueSubjects dues,
      AlertExchange alerts,
      OpenSubjects subjects,
      DayJudge judge,
      SuppressionCounter gates,
      ChangedSubjects changed,
      ReachedTimes times) {
    this.dues = dues;
    this.alerts = alerts;
    this.subjects = subjects;
    this.judge = judge;
    this.gates = gates;
    this.changed = changed;
    this.times = times;
  }

  void advance(long low, long grace, boolean overdue) {
    if (grace > times.graceAt() || overdue) {
      long before = times.graceAt();
      times.graced(grace);
      for (DueSubjects.Due due : dues.upTo(times.graceAt())) {
        due(due, before, due.again() ? low : times.lowAt());
      }
    }
    if (ReachedTimes.dayOf(low) > ReachedTimes.dayOf(times.lowAt())) {
      judgeLate(); // the facts that the late days read are not evicted yet
    }
    times.passed(low);
  }

  void tick(long now) {
    times.wall(now);
    for (Subject due : dues.byWallUpTo(now)) {
      SubjectState subject = subjects.opened(due, 0);
      SubjectAlerts state = subject.alerts();
      if (state != null && state.collection() != null && state.collecting().isPending()) {
        alerts.judge(state);
        changed.markChanged(subject);
      }
    }
  }

  boolean judgeLate() {
    if (!dues.hasLate()) {
      return false;
    }
    for (DueSubjects.Due due : dues.takeLate()) {
      for (RuleState rule : subjects.opened(due.subject(), due.day()).rules()) {
        for (RuleDay day : rule.days().values()) {
          day.eachDecoded(fact -> fact.late(false));
        }
      }
      due(due, times.graceAt(), times.lowAt());
    }
    return true;
  }

  /**
   * Does all due work of a subject at once, because the subject's stored records show that some
   * work may be overdue. The records do not tell whether that work was done before the start, so it
   * may be done again.
   *
   * @param day first day with due work
   */
  void recovered(Subject subject, int day) {
    due(new DueSubjects.Due(subject, day, true), times.graceAt(), times.lowAt());
  }

  /**
   * @param before arrival time up to which due work was done already
   * @param low watermark up to which records may be evicted
   */
  private void due(DueSubjects.Due due, long before, long low) {
    SubjectState subject = subjects.opened(due.subject(), due.day());
    SubjectAlerts state = subject.alerts();
    if (state != null && state.collection() != null && state.collecting().isPending()) {
      long waitMillis = alerts.settings().settleMinutes() * 60_000L;
      if (state.collecting().arrivalAt() + waitMillis <= times.graceAt()) {
        alerts.judge(state);
        changed.markChanged(subject);
      }
    }
    for (RuleState rule : subject.rules()) {
      if (rule.rule().info().grace().isZero()) {
        continue;
      }
      long grace = rule.rule().info().grace().toMillis();
      // Of earlier days not everything that their judgement reads was read from state.
      int first = rule.rule().info().firstDayThatReads(due.day());
      for (RuleDay day : List.copyOf(rule.days().tailMap(first, true).values())) {
        if (times.isPartlyEvicted(rule, day, Math.max(low, times.lowAt()))) {
          continue; // its work was due long ago
        }
        boolean over = false;
        for (KeptFact fact : waiting(rule, day)) {
          long at = fact.graceFrom() + grace;
          over |=
              DueSubjects.isDue(at, times.graceAt())
                  && (!DueSubjects.isDue(at, before) || due.again());
        }
        CollectedVerdicts verdicts = over ? judge.judgeWhole(subject, rule, day) : null;
        if (verdicts != null) {
          gates.countGraced(subject.subject(), rule, verdicts, before, grace);
          judge.giveOutUrgent(subject, rule, day);
        }
      }
      judge.relearn(subject, rule);
    }
  }

  /**
   * Returns the facts for which a day is judged again once their grace is over. They include facts
   * of the other days that its judgement reads, since the rule may ask about these too.
   */
  private static List<KeptFact> waiting(RuleState rule, RuleDay day) {
    RuleInfo info = rule.rule().info();
    if (day.isEmpty() || (info.daysBack() == 0 && info.daysAhead() == 0)) {
      return day.facts();
    }
    List<KeptFact> all = new ArrayList<>();
    rule.days()
        .subMap(info.firstDayReadBy(day.day()), true, info.lastDayReadBy(day.day()), true)
        .values()
        .forEach(each -> all.addAll(each.facts()));
    return all;
  }
}
