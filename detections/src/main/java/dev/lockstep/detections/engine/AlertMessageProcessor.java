package dev.lockstep.detections.engine;

import dev.lockstep.detections.alert.AlertExchange;
import dev.lockstep.detections.alert.SubjectAlerts;
import dev.lockstep.detections.judgement.CollectedVerdicts;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Need;

/**
 * Processor of messages about Defender alerts, and about the sign-in names and findings that alerts
 * are compared with. It applies each message to the state of the subject that the message is sent
 * to. If an alert changed there, it judges the days around the alert again.
 */
final class AlertMessageProcessor {
  private final AlertExchange alerts;
  private final OpenSubjects subjects;
  private final DayJudge judge;
  private final SuppressionCounter gates;
  private final DueSubjects dues;
  private final ChangedSubjects changed;
  private final ReachedTimes times;

  AlertMessageProcessor(
      AlertExchange alerts,
      OpenSubjects subjects,
      DayJudge judge,
      SuppressionCounter gates,
      DueSubjects dues,
      ChangedSubjects changed,
      ReachedTimes times) {
    this.alerts = alerts;
    this.subjects = subjects;
    this.judge = judge;
    this.gates = gates;
    this.dues = dues;
    this.changed = changed;
    this.times = times;
  }

  void take(Message message) {
    if (message instanceof Message.AlertRecord record) {
      times.arrival(record.activity().getArrivalAt());
      // All days are read, since records of one alert may come weeks apart.
      SubjectState subject = subjects.opened(record.subject(), 0);
      if (alerts.record(subject.alertsOrNew(), record.activity())) {
        long waitMillis = alerts.settings().settleMinutes() * 60_000L;
        long dueAt = subject.alertsOrNew().collecting().arrivalAt() + waitMillis;
        dues.at(dueAt, subject.subject(), 0, false);
        dues.byWall(times.wallAt() + waitMillis, subject.subject());
      }
      changed.markChanged(subject);
    } else if (message instanceof Message.AlertAccount account) {
      SubjectState subject = subjects.opened(account.subject(), 0);
      if (alerts.account(subject.alertsOrNew(), account.account())) {
        changed.markChanged(subject);
      }
    } else if (message instanceof Message.Alerted alerted) {
      SubjectState subject = subjects.opened(alerted.subject(), alerted.day());
      SubjectAlerts state = subject.alertsOrNew();
      for (AlertOnSubject each : alerts.alerted(state, alerted)) {
        int first = ReachedTimes.dayOf(each.times().get(0));
        int last = ReachedTimes.dayOf(each.times().get(each.times().size() - 1));
        judgeByAlert(each, subjects.opened(alerted.subject(), first), first - 2, last + 2);
      }
      if (!state.dirty().isEmpty()) {
        changed.markChanged(subject);
      }
    } else if (message instanceof Message.Named named) {
      SubjectState subject = subjects.opened(named.subject(), named.day());
      if (alerts.named(subject.alertsOrNew(), named)) {
        changed.markChanged(subject);
      }
    } else if (message instanceof Message.Mentioned mentioned) {
      SubjectState subject = subjects.opened(mentioned.subject(), mentioned.day());
      if (alerts.mentioned(subject.alertsOrNew(), mentioned)) {
        changed.markChanged(subject);
      }
    }
    times.arrival(0);
  }

  private void judgeByAlert(AlertOnSubject alert, SubjectState subject, int from, int to) {
    for (RuleState state : subject.rules()) {
      if (state.rule().info().needs().contains(Need.ALERTS)) {
        for (int each = from; each <= to; each++) {
          RuleDay day = state.day(each);
          if (day != null && !day.isEmpty()) {
            CollectedVerdicts verdicts = judge.judgeWhole(subject, state, day);
            if (verdicts != null) {
              count(alert, subject, state, day, verdicts);
              judge.giveOutUrgent(subject, state, day);
            }
          }
        }
        judge.relearn(subject, state);
      }
    }
  }

  /**
   * Counts the verdicts that gates suppress when the day is judged by the changed alert alone.
   * Those that come from other alerts are not counted again.
   */
  private void count(
      AlertOnSubject alert,
      SubjectState subject,
      RuleState state,
      RuleDay day,
      CollectedVerdicts verdicts) {
    if (verdicts.hasSuppressed()) {
      CollectedVerdicts own = judge.judgeBy(alert, subject, state, day);
      if (own != null) {
        gates.count(subject.subject(), state, own);
      }
    }
  }
}
