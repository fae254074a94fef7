package dev.lockstep.detections.engine;

import dev.lockstep.detections.judgement.CollectedVerdicts;
import dev.lockstep.detections.judgement.JudgementScope;
import dev.lockstep.detections.judgement.RuleCalls;
import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Part of the engine that calls a rule to judge the days that a changed fact may affect. If the
 * rule supports it, only the changed fact is judged. Lessons are what the rule learns from a day.
 * If the lessons of these days change, the later days that may use the lessons are judged too, in
 * order.
 */
final class DayJudge {
  /**
   * Number of verdicts above which a day is crowded, and its verdicts may be dropped from memory.
   */
  private static final int MOST_VERDICTS = 1_000;

  private final RuleCalls calls;
  private final DayFindingChanges findings;
  private final SuppressionCounter gates;
  private final DueSubjects dues;
  private final DaysToGiveOut pending;
  private final ChangedSubjects changed;
  private final ReachedTimes times;
  private int mostVerdicts = MOST_VERDICTS;

  DayJudge(
      RuleCalls calls,
      DayFindingChanges findings,
      SuppressionCounter gates,
      DueSubjects dues,
      DaysToGiveOut pending,
      ChangedSubjects changed,
      ReachedTimes times) {
    this.calls = calls;
    this.findings = findings;
    this.gates = gates;
    this.dues = dues;
    this.pending = pending;
    this.changed = changed;
    this.times = times;
  }

  void mostVerdicts(int most) {
    mostVerdicts = most;
  }

  /**
   * Calls a rule to judge a day, and forwards the facts that the rule states about other subjects
   * during the call. Each of these facts goes to the subject that it is about. Null means that the
   * rule failed.
   */
  private @Nullable CollectedVerdicts judge(
      SubjectState subject, RuleState state, RuleDay day, JudgementScope scope) {
    CollectedVerdicts verdicts = calls.judge(subject, state, day, scope, times.graceAt());
    if (verdicts != null && !state.rule().info().grace().isZero()) {
      verdicts.awaited().forEach(fact -> await(subject, state, fact));
      verdicts.suppressed(
          (gate, facts) -> {
            if (facts.size() == 1 && facts.get(0) instanceof KeptFact fact) {
              await(subject, state, fact); // a suppression is counted once its grace is over
            }
          });
    }
    if (verdicts != null && !verdicts.relays().isEmpty()) {
      findings.relay(state, verdicts);
      KeptFact only = scope.changed();
      for (KeptFact fact : only == null ? day.facts() : List.of(only)) {
        if (fact.kind().hasAggregate()) {
          fact.markChanged(); // the rule remembers in its aggregates what it stated
          changed.markChanged(subject);
        }
      }
    }
    return verdicts;
  }

  /**
   * Schedules another judgement of a fact's day for the end of the fact's grace. The grace is how
   * long the rule waits for facts that are missing beside this fact. If it is over, nothing is
   * scheduled.
   */
  private void await(SubjectState subject, RuleState state, KeptFact fact) {
    long at = fact.graceFrom() + state.rule().info().grace().toMillis();
    if (!DueSubjects.isDue(at, times.graceAt())) {
      dues.at(at, subject.subject(), fact.day(), false);
    }
  }

  /**
   * Keeps the lesson that was learned from a day, if the day's facts are gone because they were
   * evicted. If the last fact was retracted or erased instead, the lesson has to be computed again
   * and is not kept. The watermark does not tell these cases apart, because after a start it is
   * unknown or lower. Events of the day that are read later, such as copies, do not change a kept
   * lesson.
   */
  void keepLesson(RuleState state, RuleDay day) {
    if (day.isEmpty()
        && state.lessons().containsKey(day.day())
        && !state.unlearned().contains(day.day())) {
      day.keepLesson();
    }
  }

  /**
   * Judges, at once or later, the day of a new or changed fact and the other days that are judged
   * by this fact. If the rule only learns from facts of this kind, only the days that use a changed
   * lesson are judged.
   */
  void changed(SubjectState subject, RuleState state, RuleDay day, KeptFact fact, boolean isNew) {
    fact.markChanged();
    changed.markChanged(subject);
    state.markLessonChanged(day.day());
    if (fact.kind().isOnlyLearned()) {
      relearn(subject, state);
      return;
    }
    RuleInfo info = state.rule().info();
    boolean isOfWholeDay = fact.kind().isOfWholeDay();
    boolean isNamed = fact.takeRenamed() || (isNew && hasName(fact));
    boolean isFirst =
        isNew || fact.kind().hasAggregate() || fact.first().arrivalAt() == times.arrivalAt();
    boolean hasGrace = isFirst && !info.grace().isZero();
    boolean awaits = hasGrace && fact.kind().hasAggregate();
    if (awaits && fact.graceFrom() + info.grace().toMillis() <= times.graceAt()) {
      fact.late(true);
      dues.late(subject.subject(), day.day());
      awaits = false;
    }
    for (int each = info.firstDayThatReads(day.day());
        each <= info.lastDayThatReads(day.day());
        each++) {
      RuleDay reads = each == day.day() ? day : state.day(each);
      if (reads == null || (reads != day && (isOfWholeDay || reads.isEmpty()))) {
        continue;
      }
      state.markLessonChanged(each);
      awaits |= reads.hasLost();
      if (hasNothingToJudge(state, reads)) {
        continue;
      }
      if (info.judgesByChange() && reads.isCrowded() && !reads.isJudged()) {
        awaits = true; // the rule may leave out verdicts that raise nothing
        if (isOfWholeDay) {
          await(subject, state, reads);
          continue;
        }
        judgeIfRaised(subject, state, reads, fact, isNew);
        continue;
      }
      if (!info.judgesByChange()
          && !fact.kind().hasAggregate()
          && isFull(state, reads)
          && !(reads.isCrowded() && isRaised(subject, state, reads))) {
        reads.dropJudgement(); // the day is judged once, when it is given out
        await(subject, state, reads);
        continue;
      }
      if (!info.judgesByChange()
          && info.grace().isZero()
          && !fact.kind().hasAggregate()
          && !reads.isCrowded()
          && reads.mayWait()) {
        reads.addUnjudged(fact);
        await(subject, state, reads);
        continue;
      }
      boolean holds =
          (isByChange(state, reads) && !isOfWholeDay)
              ? judgeChange(subject, state, reads, fact, isNew)
              : judgeWhole(subject, state, reads, fact, isNew) != null;
      awaits |= !holds;
      if (holds) {
        if (isNamed && !reads.givenOut().isEmpty()) {
          reads.touchAll(); // the words of any finding may name the principal by this fact
        }
        giveOutUrgent(subject, state, reads);
      }
    }
    if (hasGrace && awaits) {
      dues.at(fact.graceFrom() + info.grace().toMillis(), subject.subject(), day.day(), false);
    }
    relearn(subject, state);
  }

  /**
   * Schedules a new output of the findings that rest on a fact, because the fact has got a later
   * last event. The new last event is in the same minute as the earlier one. That changes no
   * verdict, so nothing is judged. A day whose verdicts are not in memory is judged when its
   * findings are given out.
   */
  void scheduleLaterEnd(SubjectState subject, RuleState state, RuleDay day, KeptFact fact) {
    fact.markChanged();
    changed.markChanged(subject);
    RuleInfo info = state.rule().info();
    for (int each = info.firstDayThatReads(day.day());
        each <= info.lastDayThatReads(day.day());
        each++) {
      RuleDay reads = state.day(each);
      if (reads != null && !reads.givenOut().isEmpty() && reads.dependsOn(fact)) {
        await(subject, state, reads);
      }
    }
  }

  private static boolean hasName(KeptFact fact) {
    Principal principal = fact.principal();
    return principal != null && principal.getName() != null;
  }

  private static boolean hasNothingToJudge(RuleState state, RuleDay day) {
    RuleInfo info = state.rule().info();
    List<FactKind> deciding = info.judgesOnlyWith();
    if ((deciding.isEmpty() && !info.comparesFacts())
        || day.verdicts() > 0
        || day.isPending()
        || day.isToBeJudgedWhole()
        || !day.givenOut().isEmpty()) {
      return false;
    }
    int facts = 0;
    for (int each = info.firstDayReadBy(day.day()); each <= info.lastDayReadBy(day.day()); each++) {
      RuleDay other = each == day.day() ? day : state.day(each);
      if (other != null) {
        for (FactKind kind : deciding) {
          if (other.size(kind) > 0) {
            return false;
          }
        }
        facts += other.size();
      }
    }
    return !deciding.isEmpty() || facts <= 1;
  }

  /**
   * Updates the verdicts of a retracted fact's day, and of the other days that were judged by this
   * fact. If a day has too many verdicts to keep in memory, its verdicts are computed again when
   * its findings are given out.
   */
  void removed(SubjectState subject, RuleState state, RuleDay day, KeptFact known) {
    state.markLessonChanged(day.day());
    RuleInfo info = state.rule().info();
    for (int each = info.firstDayThatReads(day.day());
        each <= info.lastDayThatReads(day.day());
        each++) {
      RuleDay reads = state.day(each);
      if (reads == null) {
        continue;
      }
      state.markLessonChanged(each);
      if (reads.isCrowded() && !reads.isJudged()) {
        reads.dropFired(known);
        await(subject, state, reads);
        continue;
      }
      if (!isByChange(state, reads)) {
        if (judgeWhole(subject, state, reads) != null) {
          giveOutUrgent(subject, state, reads);
        }
        continue;
      }
      reads.dropFired(known);
      giveOutUrgent(subject, state, reads);
    }
    relearn(subject, state);
  }

  /**
   * Gives out the findings of a day once more, marked with an overflow, because the day has more
   * facts than are kept. It does the same with the findings of other days that are judged by these
   * facts. The findings of a day with very many verdicts may follow later.
   */
  void giveOutOverflow(SubjectState subject, RuleState state, RuleDay day) {
    RuleInfo info = state.rule().info();
    for (int each = info.firstDayThatReads(day.day());
        each <= info.lastDayThatReads(day.day());
        each++) {
      RuleDay reads = state.day(each);
      if (reads != null) {
        state.markLessonChanged(each);
        if (reads.isCrowded() && state.areAllCountsAboveCap(reads)) {
          await(subject, state, reads);
          continue;
        }
        reads.touchAll();
        giveOut(subject, state, reads);
      }
    }
  }

  private static boolean isByChange(RuleState state, RuleDay day) {
    return state.rule().info().judgesByChange() && day.isJudged() && !day.isToBeJudgedWhole();
  }

  private static boolean isFull(RuleState state, RuleDay day) {
    return !day.givenOut().isEmpty() && state.hasLostInReach(day);
  }

  private boolean isRaised(SubjectState subject, RuleState state, RuleDay day) {
    CollectedVerdicts verdicts = judge(subject, state, day, JudgementScope.raising(day));
    if (verdicts == null) {
      return false;
    }
    for (Fired fired : verdicts.fired()) {
      if (day.isRaisedBy(fired.reason(), fired.severity(), fired.parts())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Judges a changed fact of a crowded day, and gives out the day's findings at once if the fact
   * adds or raises a finding. A crowded day has too many verdicts to keep in memory. Only the
   * changed fact is compared with the day's other facts. If it raises nothing, the output is
   * postponed, or left out while all counts are at their limit.
   */
  private void judgeIfRaised(
      SubjectState subject, RuleState state, RuleDay day, KeptFact fact, boolean isNew) {
    learnUpTo(subject, state, day.day() - 2);
    CollectedVerdicts verdicts = judge(subject, state, day, JudgementScope.raising(fact, day));
    if (verdicts == null) {
      return;
    }
    gates.count(subject.subject(), state, verdicts, fact, isNew);
    for (Fired fired : verdicts.fired()) {
      if (day.isRaisedBy(fired.reason(), fired.severity(), fired.parts())) {
        giveOut(subject, state, day);
        return;
      }
    }
    if (!isSaturated(state, day)) {
      await(subject, state, day);
    }
  }

  /**
   * Marks a day as pending, which postpones the output of its changed findings until {@link
   * PendingOutput} gives out pending days.
   */
  private void await(SubjectState subject, RuleState state, RuleDay day) {
    if (day.delay()) {
      pending.add(subject, state, day);
      changed.markChanged(subject);
    }
  }

  private static boolean isSaturated(RuleState state, RuleDay day) {
    return state.hasLostInReach(day) && state.areAllCountsAboveCap(day);
  }

  /**
   * Marks whether a day is crowded, which means that it has more verdicts than memory should keep.
   * The verdicts of a crowded day are dropped if the rule does not need them to judge later
   * changes. That is so if the rule compares only a changed fact with the others. Dropped verdicts
   * that are not given out yet are computed again for the output.
   */
  private void markIfCrowded(RuleState state, RuleDay day) {
    day.crowded(day.verdicts() > mostVerdicts);
    if (state.rule().info().judgesByChange() && day.isCrowded()) {
      day.dropJudgement();
      state.dropGone(day);
    }
  }

  /**
   * Judges a day by all of its facts. Null means that the rule failed, and that the day's last
   * verdicts stay.
   */
  @Nullable CollectedVerdicts judgeWhole(SubjectState subject, RuleState state, RuleDay day) {
    return judgeWhole(subject, state, day, null, false);
  }

  /**
   * Returns the verdicts that a day would have if the day's subject had only the given alert. The
   * result is null if the rule failed, or the subject does not have the alert. The day's own
   * verdicts stay.
   */
  @Nullable CollectedVerdicts judgeBy(
      AlertOnSubject alert, SubjectState subject, RuleState state, RuleDay day) {
    return calls.judgeBy(alert, subject, state, day, times.graceAt());
  }

  private @Nullable CollectedVerdicts judgeWhole(
      SubjectState subject,
      RuleState state,
      RuleDay day,
      @Nullable KeptFact counted,
      boolean isNew) {
    learnUpTo(subject, state, day.day() - 2);
    CollectedVerdicts verdicts = judgeAgain(subject, state, day);
    if (verdicts == null) {
      return null;
    }
    if (counted != null) {
      gates.count(subject.subject(), state, verdicts, counted, isNew);
    }
    int[] size = {0, 0};
    RuleInfo info = state.rule().info();
    for (int each = info.firstDayReadBy(day.day()); each <= info.lastDayReadBy(day.day()); each++) {
      RuleDay other = state.day(each);
      if (other != null) {
        other.eachDecoded(
            fact -> {
              size[0] += fact.size();
              size[1] += other == day ? fact.size() - 1 : 0;
              if (fact.fired().size() > 32) {
                fact.dropGone();
              }
            });
      }
    }
    for (KeptFact waited : day.judged(size[0], size[1])) {
      gates.count(subject.subject(), state, verdicts, waited, false);
    }
    return verdicts;
  }

  private boolean judgeChange(
      SubjectState subject, RuleState state, RuleDay day, KeptFact changed, boolean isNew) {
    CollectedVerdicts verdicts = judge(subject, state, day, JudgementScope.changed(changed));
    if (verdicts == null) {
      day.toBeJudgedWhole(true);
      return false;
    }
    day.dropFired(changed);
    fire(day, verdicts);
    gates.count(subject.subject(), state, verdicts, changed, isNew);
    return true;
  }

  private static void fire(RuleDay day, CollectedVerdicts verdicts) {
    for (Fired fired : verdicts.fired()) {
      day.addFired(fired);
    }
  }

  /**
   * Judges a fact that is not kept because its day has too many facts of its kind. The fact can
   * only add or raise a finding.
   */
  void judgeUnkept(SubjectState subject, RuleState state, KeptFact fact) {
    RuleInfo info = state.rule().info();
    for (int each = info.firstDayThatReads(fact.day());
        each <= info.lastDayThatReads(fact.day());
        each++) {
      RuleDay reads = state.day(each);
      if (reads == null || (reads.isEmpty() && each != fact.day())) {
        continue;
      }
      if (!reads.isJudged() && !reads.isCrowded() && !(reads.isPending() && isFull(state, reads))) {
        if (judgeWhole(subject, state, reads) == null) {
          continue;
        }
        giveOutUrgent(subject, state, reads);
      }
      CollectedVerdicts verdicts = judge(subject, state, reads, JudgementScope.unkept(fact, reads));
      if (verdicts == null) {
        continue;
      }
      List<Fired> raising = new ArrayList<>(0);
      for (Fired fired : verdicts.fired()) {
        if (fired.involves(fact)
            && reads.isRaisedBy(fired.reason(), fired.severity(), fired.parts())) {
          raising.add(fired);
        }
      }
      if (!raising.isEmpty()) {
        if (!reads.isJudged()) {
          if (judgeWhole(subject, state, reads) == null) {
            continue;
          }
        } else if (!reads.touched().isEmpty()) {
          findings.giveOutAll(subject, state, reads);
        }
        raising.forEach(reads::addFired);
        findings.giveOutAll(subject, state, reads);
        reads.dropFired(fact);
        reads.clearTouched();
        markIfCrowded(state, reads);
      }
    }
    relearn(subject, state);
  }

  /**
   * Gives out a day's changed findings at once if one of them is new, gone, or of another severity
   * or reason. Otherwise it postpones them.
   */
  void giveOutUrgent(SubjectState subject, RuleState state, RuleDay day) {
    if (day.touched().isEmpty()) {
      return;
    }
    if (DayFindingChanges.isUrgent(state, day)) {
      giveOut(subject, state, day);
    } else {
      await(subject, state, day);
      markIfCrowded(state, day);
    }
  }

  /**
   * Gives out each of a day's findings that differs from its own last output, and retracts each
   * finding that no longer fires. If the rule fails, the last output stays. A finding whose facts
   * may have been dropped is retracted only if another finding replaces it.
   */
  void giveOut(SubjectState subject, RuleState state, RuleDay day) {
    if (!day.isJudged() && day.isCrowded()) {
      learnUpTo(subject, state, day.day() - 2);
      CollectedVerdicts verdicts = judge(subject, state, day, JudgementScope.WHOLE_DAY);
      if (verdicts == null) {
        findings.keepLastOutput(subject, day);
        return;
      }
      day.addUnlinked(verdicts.fired());
      findings.giveOutAll(subject, state, day);
      day.crowded(day.verdicts() > mostVerdicts);
      day.dropJudgement();
      return;
    }
    if (!day.isJudged() && !day.isEmpty() && judgeWhole(subject, state, day) == null) {
      findings.keepLastOutput(subject, day);
      return;
    }
    findings.giveOutAll(subject, state, day);
    markIfCrowded(state, day);
  }

  /**
   * Computes the lessons of changed days again by {@link #learn}, unless that would change nothing.
   * It changes nothing if no day has changed, or no kept day is late enough to use what the rule
   * learns from the changed days.
   */
  void relearn(SubjectState subject, RuleState state) {
    if (state.unlearned().isEmpty()) {
      return;
    }
    Integer newest = state.days().isEmpty() ? null : state.days().lastKey();
    if (newest == null || newest < state.unlearned().first() + 2) {
      return; // no kept day reads these lessons yet
    }
    learn(subject, state);
  }

  private void learnUpTo(SubjectState subject, RuleState state, int day) {
    if (!state.unlearned().isEmpty() && state.unlearned().first() <= day) {
      learn(subject, state);
    }
  }

  /**
   * Computes again the lessons of days that changed: what the rule learns from each of these days.
   * If a lesson changes, the later days that may use it are judged again, and their lessons
   * computed, until no lesson changes any more.
   */
  void learn(SubjectState subject, RuleState state) {
    changed.markChanged(subject);
    TreeSet<Integer> again = new TreeSet<>();
    while (true) {
      Integer day = state.pollUnlearned();
      if (day != null) {
        if (state.teach(day, lessonsOf(subject, state, day))) {
          again.addAll(
              state
                  .days()
                  .tailMap(day + 2, true)
                  .keySet()); // all later days, since a rule may remember a lesson for longer
        }
        continue;
      }
      Integer next = again.pollFirst();
      if (next == null) {
        return;
      }
      RuleDay judged = state.day(next);
      if (judged != null && !judged.isEmpty()) {
        if (judgeAgain(subject, state, judged) != null) {
          state.markLessonChanged(next);
          giveOutUrgent(subject, state, judged);
        }
      }
    }
  }

  /**
   * Judges all facts of a day again, and replaces the day's verdicts. Null means that the rule
   * failed, and that the day's last verdicts stay. Lessons of earlier days are used as they are,
   * even if some have to be computed again.
   */
  private @Nullable CollectedVerdicts judgeAgain(
      SubjectState subject, RuleState state, RuleDay day) {
    CollectedVerdicts verdicts = judge(subject, state, day, JudgementScope.WHOLE_DAY);
    day.toBeJudgedWhole(verdicts == null);
    if (verdicts != null) {
      day.dropFired();
      fire(day, verdicts);
      day.judgedWhole();
    }
    return verdicts;
  }

  private Map<String, Integer> lessonsOf(SubjectState subject, RuleState state, int day) {
    RuleDay known = state.day(day);
    if (known == null || known.isEmpty()) {
      boolean isEvicted = state.rule().evicts(day, ReachedTimes.dayOf(times.lowAt()));
      return isEvicted ? state.lessons().getOrDefault(day, Map.of()) : Map.of();
    }
    if (known.keepsLesson()) {
      return state.lessons().getOrDefault(day, Map.of());
    }
    boolean lost = state.hasLostInReach(known);
    boolean judgedForIt = !lost && !known.isJudged();
    if (judgedForIt) {
      CollectedVerdicts verdicts = judge(subject, state, known, JudgementScope.WHOLE_DAY);
      if (verdicts == null) {
        return state.lessons().getOrDefault(day, Map.of());
      }
      fire(known, verdicts);
    }
    Map<String, Integer> traits = calls.learn(subject.subject(), state, known, lost);
    if (judgedForIt) {
      known.dropJudgement();
      state.dropGone(known);
    }
    return traits == null ? state.lessons().getOrDefault(day, Map.of()) : traits;
  }
}
