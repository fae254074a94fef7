package dev.lockstep.detections.engine;

import dev.lockstep.detections.contribution.ContributionComposer;
import dev.lockstep.detections.judgement.CollectedVerdicts;
import dev.lockstep.detections.judgement.DayCase;
import dev.lockstep.detections.judgement.RuleCalls;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Output;
import dev.lockstep.detections.message.Statement;
import dev.lockstep.detections.message.Visit;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.FindingId;
import dev.lockstep.detections.state.DayFinding;
import dev.lockstep.detections.state.KeptFinding;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.RelayedFact;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Severity;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Comparison of a day's findings with those that were last given out. It gives out changes,
 * withdraws findings, and replaces too many findings by one. It also decides whether a change is
 * urgent, and sends the facts that a rule's verdicts relay to other subjects.
 */
final class DayFindingChanges {
  private final RuleCalls calls;
  private final ContributionComposer composer;
  private final Output output;
  private final AlertSettings alerts;
  private final MentionSender mentions;
  private final DaysToGiveOut pending;
  private final ChangedSubjects changed;
  private final ReachedTimes times;

  DayFindingChanges(
      RuleCalls calls,
      ContributionComposer composer,
      Output output,
      AlertSettings alerts,
      DaysToGiveOut pending,
      ChangedSubjects changed,
      ReachedTimes times) {
    this.calls = calls;
    this.composer = composer;
    this.output = output;
    this.alerts = alerts;
    this.mentions = new MentionSender(output);
    this.pending = pending;
    this.changed = changed;
    this.times = times;
  }

  /**
   * Returns whether a changed finding of a day is new, gone, or differs in severity or reason from
   * its last output. If facts were dropped that the day's judgement reads, only a new finding, a
   * higher severity, or an earlier reason at the same severity counts. If one finding replaces all
   * findings of the day, the result is true in two cases: a changed finding would raise the
   * severity of the one finding, or the findings are no longer too many and no facts were dropped.
   */
  static boolean isUrgent(RuleState state, RuleDay day) {
    RuleInfo info = state.rule().info();
    RuleInfo.Collapse collapse = info.collapse();
    KeptFinding one = day.collapsed();
    if (collapse != null && one != null) {
      for (DayFinding finding : day.touched()) {
        Severity severity = finding.severity();
        if (severity != null && collapse.severity(severity).compareTo(one.severity()) > 0) {
          return true;
        }
      }
      return day.firing() <= collapse.most() && !state.hasLostInReach(day);
    }
    boolean lost = state.hasLostInReach(day);
    for (DayFinding finding : day.touched()) {
      if (isUrgent(info, day, finding, lost)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isUrgent(RuleInfo info, RuleDay day, DayFinding finding, boolean lost) {
    KeptFinding kept = day.givenOut(finding.parts());
    Severity severity = finding.severity();
    if (kept == null) {
      return severity != null && day.hasRoomForFinding();
    }
    if (severity == null) {
      return !lost;
    }
    int raise = kept.compareWith(info, severity, finding.reasonRank());
    return lost ? raise > 0 : raise != 0;
  }

  void relay(RuleState state, CollectedVerdicts verdicts) {
    for (RelayedFact fact : verdicts.relays()) {
      output.message(
          new Message.OfVisit(
              new Visit(
                  fact.subject(),
                  fact.event(),
                  null,
                  null,
                  fact.provisional(),
                  fact.retracts(),
                  List.of(Statement.of(state.rule(), fact)))));
    }
  }

  /**
   * Leaves findings as they were last given out, because the rule failed. Changed findings are
   * given out after the next judgement of the day.
   */
  void keepLastOutput(SubjectState subject, RuleDay day) {
    if (day.isPending()) {
      changed.markChanged(subject);
    }
    day.givenOut(day.size());
    pending.remove(day);
  }

  void giveOutAll(SubjectState subject, RuleState state, RuleDay day) {
    if (day.isPending()) {
      changed.markChanged(subject);
    }
    day.givenOut(day.size());
    pending.remove(day);
    ActiveRule rule = state.rule();
    RuleInfo info = rule.info();
    boolean lost = state.hasLostInReach(day);
    RuleInfo.Collapse collapse = info.collapse();
    Map<String, KeptFinding> before = day.givenOut();
    boolean collapsed =
        collapse != null && (day.firing() > collapse.most() || (lost && hasTooMany(day, collapse)));
    TreeMap<String, KeptFinding> now = new TreeMap<>();
    if (collapse == null || !collapsed) {
      each(subject, state, day, lost, now);
    } else if (!collapse(subject, state, day, collapse, lost, now)) {
      day.clearTouched();
      return;
    }
    before.forEach(
        (id, lastOutput) -> {
          if (!now.containsKey(id)) {
            if ((lost && !collapsed) || times.isPartlyEvicted(state, day, lastOutput)) {
              now.put(id, lastOutput); // its facts may not be kept any more
            } else {
              send(
                  collapse != null && collapsed
                      ? composer.replaced(rule, id, now.firstKey(), collapse.reason())
                      : composer.withdrawn(rule, id));
            }
          }
        });
    if (!teachTheSame(before, now)) {
      state.markLessonChanged(day.day());
    }
    if (!before.equals(now)) {
      day.replaceGivenOut(now);
      day.markChanged();
      changed.markChanged(subject);
    }
    day.clearTouched();
  }

  /**
   * Returns whether one finding replaces the findings of a day, because it replaced them before or
   * because there are too many of them. Findings that were given out earlier and have no facts any
   * more count too.
   */
  private static boolean hasTooMany(RuleDay day, RuleInfo.Collapse collapse) {
    if (day.collapsed() != null) {
      return true;
    }
    int active = 0;
    for (KeptFinding one : day.givenOut().values()) {
      DayFinding now = day.findings().get(one.parts());
      active += now == null || now.isEmpty() ? 1 : 0;
    }
    return day.firing() > 0 && active + day.firing() > collapse.most();
  }

  /**
   * Gives out one finding in place of a day's findings, which are too many. Returns false if the
   * rule failed to describe that one finding. If nothing fires any more and the one finding was
   * given out earlier, it stays as it was.
   *
   * @param lost whether facts that the judgement of the day reads were dropped
   */
  private boolean collapse(
      SubjectState subject,
      RuleState state,
      RuleDay day,
      RuleInfo.Collapse collapse,
      boolean lost,
      Map<String, KeptFinding> now) {
    ActiveRule rule = state.rule();
    String id = FindingId.of(rule.info(), subject.subject(), List.of(), day.day());
    KeptFinding lastOutput = day.givenOut().get(id);
    if (day.firing() == 0 && lastOutput != null) {
      now.put(id, lastOutput);
      return true;
    }
    ContributionComposer.Composed composed =
        calls.compose(
            rule,
            () ->
                composer.collapsed(
                    rule,
                    calls.caseOf(subject, state, day, times.graceAt()),
                    id,
                    day.fired(),
                    day.firing(),
                    collapse,
                    lost || day.hasMoreFindings(),
                    lost
                        ? (lastOutput == null
                            ? highest(day.givenOut().values(), collapse)
                            : lastOutput)
                        : null));
    if (composed == null) {
      return false;
    }
    now.put(id, composed.finding());
    give(rule, composed);
    return true;
  }

  /**
   * Returns the highest severity and the whole time span of findings, for the one finding that
   * replaces them. The severity is one level lower if {@code collapse} says so. Null means that no
   * finding was given out before.
   */
  private static @Nullable KeptFinding highest(
      Collection<KeptFinding> active, RuleInfo.Collapse collapse) {
    KeptFinding highest = null;
    for (KeptFinding one : active) {
      Severity severity = collapse.severity(one.severity());
      highest =
          new KeptFinding(
              List.of(),
              collapse.reason(),
              highest == null || severity.compareTo(highest.severity()) > 0
                  ? severity
                  : highest.severity(),
              highest == null ? 1 : highest.count(),
              highest == null ? one.startAt() : Math.min(highest.startAt(), one.startAt()),
              highest == null ? one.endAt() : Math.max(highest.endAt(), one.endAt()),
              true);
    }
    return highest;
  }

  private void each(
      SubjectState subject,
      RuleState state,
      RuleDay day,
      boolean lost,
      Map<String, KeptFinding> now) {
    ActiveRule rule = state.rule();
    Map<String, KeptFinding> before = day.givenOut();
    TreeMap<String, DayFinding> firing = new TreeMap<>();
    for (DayFinding finding : day.findings().values()) {
      if (!finding.isEmpty()) {
        firing.put(
            FindingId.of(rule.info(), subject.subject(), finding.parts(), day.day()), finding);
      }
    }
    Set<String> live = new TreeSet<>(firing.keySet());
    if (lost) {
      live.addAll(before.keySet());
    }
    int most = rule.settings().setCap();
    boolean tooMany = live.size() > most;
    if (tooMany) {
      live.retainAll(before.keySet());
      int room = most - live.size();
      for (String id : List.copyOf(firing.keySet())) {
        if (!before.containsKey(id) && room-- <= 0) {
          firing.remove(id);
        }
      }
    }
    boolean more = tooMany || (lost && day.hasMoreFindings());
    boolean flagged = more != day.hasMoreFindings();
    day.moreFindings(more);
    if (flagged) {
      state.markLessonChanged(day.day());
    }
    DayCase of = calls.caseOf(subject, state, day, times.graceAt());
    FindingSizes sizes =
        new FindingSizes(
            rule,
            before,
            (id, lastOutput) ->
                firing.containsKey(id) || lost || times.isPartlyEvicted(state, day, lastOutput));
    firing.forEach(
        (id, finding) -> {
          KeptFinding lastOutput = before.get(id);
          if (lastOutput != null && !flagged && !finding.isTouched()) {
            now.put(id, lastOutput);
            return;
          }
          KeptFinding least =
              lastOutput != null && (lost || times.isPartlyEvicted(state, day, lastOutput))
                  ? lastOutput
                  : null;
          ContributionComposer.Composed composed =
              calls.compose(
                  rule,
                  () -> {
                    ContributionComposer.Composed one =
                        composer.compose(rule, of, id, finding, lost || more, least);
                    sizes.add(id, one.finding());
                    return one;
                  });
          if (composed != null) {
            now.put(id, composed.finding());
            give(rule, composed);
          } else if (lastOutput != null) {
            now.put(id, lastOutput);
          }
        });
  }

  private void give(ActiveRule rule, ContributionComposer.Composed composed) {
    send(composed.contribution());
    if (alerts.corroborates() && !rule.info().needs().contains(Need.ALERTS)) {
      mentions.mention(composed.contribution());
    }
  }

  private void send(Contribution contribution) {
    contribution.setArrivalAt(times.arrivalAt());
    output.contribution(contribution);
  }

  private static boolean teachTheSame(
      Map<String, KeptFinding> one, Map<String, KeptFinding> other) {
    if (!one.keySet().equals(other.keySet())) {
      return false;
    }
    return one.entrySet().stream()
        .allMatch(
            entry -> {
              KeptFinding there = other.get(entry.getKey());
              return there != null && entry.getValue().teachesLike(there);
            });
  }
}
