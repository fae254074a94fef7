package dev.lockstep.detections.engine;

import dev.lockstep.detections.alert.AlertCollection;
import dev.lockstep.detections.alert.AlertExchange;
import dev.lockstep.detections.alert.AlertMessages;
import dev.lockstep.detections.alert.AlertWithGate;
import dev.lockstep.detections.alert.SubjectAlerts;
import dev.lockstep.detections.contribution.ContributionComposer;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.judgement.JudgementTimer;
import dev.lockstep.detections.judgement.RuleCalls;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Output;
import dev.lockstep.detections.message.RuleCounts;
import dev.lockstep.detections.message.Statement;
import dev.lockstep.detections.message.Visit;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.StateCodec;
import dev.lockstep.detections.state.StateEraser;
import dev.lockstep.detections.state.SubjectKey;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Engine that applies messages to subjects, has rules judge the subjects, and gives out findings.
 * It has a part of the subjects, such as those of one task. For one thread.
 *
 * <h2>Consequences of a change</h2>
 *
 * The statements of rules about an event change facts of the event's day. Each day whose judgement
 * reads these facts is judged: by the changed fact alone if the rule supports that, otherwise as a
 * whole. If the lessons of a day change, the later days that read them are judged again, in order,
 * until nothing changes. So the output follows from the facts, whatever their order of arrival.
 *
 * <h2>Time of output</h2>
 *
 * A finding that is new, retracted, or of another severity or reason is given out at once. On a
 * large day of a rule that judges whole days, it waits for the next {@link #flushMost}. Other
 * changes of a finding wait for {@link #flush}. On a day with very many verdicts, retractions and
 * lower severities may wait as well.
 */
public final class Engine {
  private final List<ActiveRule> rules;
  private final Enrichment enrichment;
  private final StateRecords records;
  private final RuleCounts counts;
  private final Output output;
  private final int mostOpen;
  private final StateCodec codec;
  private final RuleCalls calls;
  private final AlertExchange alerts;
  private final ReachedTimes times;
  private final DueSubjects dues;
  private final JudgedBeforeDays judgedBefore;
  private final DayJudge judge;
  private final FactMerger merger;
  private final PendingOutput pending;
  private final OpenSubjects subjects;
  private final FirstFacts first;
  private final AlertMessageProcessor alertMessages;
  private final DueWork due;
  private final EvictionSweep sweep;

  /**
   * Creates an engine of rules that continues from the stored state of its subjects.
   *
   * @param mostOpen memory limit, as the number of subjects with few facts that fit into it; a
   *     subject with many facts takes the place of several
   */
  public Engine(
      List<ActiveRule> rules,
      Enrichment enrichment,
      StateRecords records,
      AlertSettings alerts,
      RuleCounts counts,
      Output output,
      int mostOpen) {
    this(
        rules,
        enrichment,
        records,
        new StateCodec(rules, records.dictionary(), records.layouts()),
        alerts,
        counts,
        output,
        mostOpen,
        new ReachedTimes(),
        new DueSubjects(),
        JudgedBeforeDays.of(records));
  }

  private Engine(
      List<ActiveRule> rules,
      Enrichment enrichment,
      StateRecords records,
      StateCodec codec,
      AlertSettings alerts,
      RuleCounts counts,
      Output output,
      int mostOpen,
      ReachedTimes times,
      DueSubjects dues,
      JudgedBeforeDays judgedBefore) {
    this.rules = List.copyOf(rules);
    this.enrichment = enrichment;
    this.records = records;
    this.codec = codec;
    this.counts = counts;
    this.output = output;
    this.mostOpen = mostOpen;
    this.times = times;
    this.dues = dues;
    this.judgedBefore = judgedBefore;
    ContributionComposer teller = new ContributionComposer(enrichment);
    this.calls = new RuleCalls(enrichment, counts);
    this.alerts = new AlertExchange(alerts, enrichment, counts, output);
    SuppressionCounter gates = new SuppressionCounter(counts, times);
    ChangedSubjects changed = new ChangedSubjects();
    DaysToGiveOut days = new DaysToGiveOut();
    DayFindingChanges findings =
        new DayFindingChanges(calls, teller, output, alerts, days, changed, times);
    this.judge = new DayJudge(calls, findings, gates, dues, days, changed, times);
    this.merger = new FactMerger(calls, judge, changed);
    this.pending = new PendingOutput(judge, days);
    this.subjects =
        new OpenSubjects(
            codec, records, calls, pending, days, changed, judgedBefore, times, mostOpen);
    this.first = new FirstFacts(this.rules, codec, records);
    this.alertMessages =
        new AlertMessageProcessor(this.alerts, subjects, judge, gates, dues, changed, times);
    this.due = new DueWork(dues, this.alerts, subjects, judge, gates, changed, times);
    this.sweep =
        new EvictionSweep(
            codec, records, calls, alerts, subjects, judge, dues, due, times, judgedBefore);
  }

  /**
   * Returns an engine that judges by the given rules, and continues from the stored state of the
   * subjects of this engine. This engine has to be closed before, and must not be used after that.
   * A rule whose meaning did not change finds its state.
   */
  public Engine judgingBy(List<ActiveRule> others) {
    Engine next =
        new Engine(
            others,
            enrichment,
            records,
            codec.of(others),
            alerts.settings(),
            counts,
            output,
            mostOpen,
            times,
            dues,
            judgedBefore.ofOtherRules());
    Set<Integer> known = new HashSet<>();
    rules.forEach(rule -> known.add(rule.code()));
    boolean mayBeDue =
        others.stream()
            .anyMatch(rule -> !known.contains(rule.code()) && !rule.info().grace().isZero());
    next.sweep.resume(sweep, mayBeDue);
    return next;
  }

  /**
   * Returns the rules that start without their stored state, because that state was written with
   * another layout of their facts.
   */
  public List<RuleInfo> startedAnew() {
    return codec.startedAnew().stream().map(ActiveRule::info).toList();
  }

  /** Processes a message to a subject, such as the statements of rules about an event. */
  public void take(Message message) {
    sweep.recordDay(message.day());
    if (message instanceof Message.OfVisit of) {
      visit(of.visit());
    } else if (alerts.settings().enabled()) {
      alertMessages.take(message);
    }
    subjects.done();
  }

  private void visit(Visit visit) {
    times.arrival(visit.reference().arrivalAt());
    int day = visit.reference().day();
    judgedBefore.recordDay(day);
    if (first.leadToNothing(visit)) {
      byte[] key = SubjectKey.of(visit.subject());
      SubjectState kept = subjects.openedIfKept(visit.subject(), key, day);
      if (kept == null) {
        first.write(key, visit);
      } else {
        merge(kept, visit);
      }
    } else {
      merge(subjects.opened(visit.subject(), day), visit);
    }
    times.arrival(0);
  }

  private void merge(SubjectState subject, Visit visit) {
    for (Statement statement : visit.statements()) {
      merger.apply(subject, subject.rule(rules.get(statement.rule())), statement, visit);
    }
  }

  /**
   * Advances the watermark and the grace time, and judges the days and alerts whose wait has ended.
   * Waits for missing facts are measured against the grace time, which is an arrival time. Neither
   * time goes back.
   *
   * @param low watermark, up to which everything has passed
   * @param grace arrival time; a wait for missing facts is over if it ends at or before this time
   */
  public void advance(long low, long grace) {
    advance(low, grace, false);
  }

  /**
   * Advances the watermark and the grace time, as {@link #advance(long, long)} does, and judges the
   * days and alerts that are due or overdue. Neither time goes back.
   *
   * @param overdue if records may have come after the service had stopped waiting for them; work is
   *     then due even if {@code grace} has not advanced
   */
  public void advance(long low, long grace, boolean overdue) {
    due.advance(low, grace, overdue);
  }

  /**
   * Advances the wall clock, and judges the alerts whose wait for further records has ended by this
   * clock. So alerts need not wait for sources.
   *
   * @param now wall clock time in milliseconds since 1970
   */
  public void tick(long now) {
    due.tick(now);
  }

  /**
   * Judges the days that wait because of a late change. A change is late if the grace of the
   * changed fact was already over. Grace is the wait for an absence. Returns whether there was such
   * a day. The method has to be called before a commit, and when no other work waits.
   */
  public boolean judgeLate() {
    return due.judgeLate();
  }

  /**
   * Checks up to {@code most} further state records, and evicts those that no timely event can
   * need. Returns whether records are left to check. After a start it also looks for work that is
   * still due.
   *
   * @param most number of records to check
   */
  public boolean sweep(int most) {
    return sweep.sweep(most);
  }

  /**
   * Sets the number of verdicts of one day above which these verdicts may be dropped from memory.
   * Dropped verdicts are computed again when they are needed.
   */
  public void mostVerdicts(int most) {
    judge.mostVerdicts(most);
  }

  void judgements(JudgementTimer timer) {
    calls.timer(timer);
  }

  /**
   * Makes this engine keep the lessons that rules learned from closed days, even when no later day
   * can use them any more. Without this call, lessons that no later day can use are dropped when
   * state is stored. An example of a lesson is a usual country.
   */
  public void keepLessons() {
    subjects.keepLessons();
    calls.keepLessons();
  }

  /**
   * Returns the state of a subject with the rules' reports on each day. The rules judge each day
   * anew.
   */
  public JudgedSubject judged(Subject id) {
    return calls.uncounted(() -> ask(id));
  }

  private JudgedSubject ask(Subject id) {
    SubjectState subject = subjects.opened(id, SubjectState.NO_DAY);
    List<JudgedDay> days = new ArrayList<>();
    List<JudgedSubject.Lesson> lessons = new ArrayList<>();
    for (RuleState state : subject.rules()) {
      if (!state.unlearned().isEmpty()) {
        judge.learn(subject, state);
      }
      for (RuleDay day : List.copyOf(state.days().values())) {
        if (!day.isEmpty() || !day.givenOut().isEmpty()) {
          days.add(
              JudgedDay.of(
                  state.rule(),
                  calls.caseOf(subject, state, day, times.graceAt()),
                  day,
                  state.hasLostInReach(day)));
        }
      }
      lessons.addAll(JudgedSubject.Lesson.of(state));
    }
    return new JudgedSubject(id, days, lessons, AlertExchange.of(subject.alerts()));
  }

  /**
   * Returns a Defender alert with its gate, or null if the state has no record of the alert. The
   * gate keeps all rules from using the alert, and is null if rules may use it. The gate also keeps
   * the alert from corroborating findings.
   */
  public @Nullable AlertWithGate alert(String id) {
    SubjectAlerts state =
        subjects.opened(AlertMessages.alertSubject(id), SubjectState.NO_DAY).alerts();
    AlertCollection collection = state == null ? null : state.collection();
    return collection == null || collection.isEmpty()
        ? null
        : new AlertWithGate(
            collection.whole(), AlertCollection.whyNotCounted(collection.whole().alert()));
  }

  /**
   * Sets the largest number of subjects in memory. It applies to tokens and sessions together and,
   * separately, to subjects of all other kinds together. A second limit, of the memory that they
   * take, stays in force. Subjects with postponed changes of findings may stay in memory beyond the
   * limit.
   */
  public void mostSubjects(int most) {
    subjects.mostSubjects(most);
  }

  /**
   * Makes the engine store the state of a subject right after the message that loaded and changed
   * it. A changed subject whose state was in memory before is stored by {@link #write}, or when the
   * state leaves memory.
   */
  public void writeAtOnce() {
    subjects.writeAtOnce();
  }

  /** Gives out all postponed changes of findings. */
  public void flush() {
    subjects.flush();
  }

  /**
   * Allows the engine to remove a subject's state from memory before postponed changes of the
   * subject's findings are given out. The changes wait for {@link #flush}. Without this call they
   * are given out when the state leaves memory, except those of days with very many verdicts. At
   * most 10,000 subjects without state in memory wait.
   */
  public void postponeUntilFlush() {
    subjects.postponeUntilFlush();
  }

  /**
   * Gives out the postponed changes of findings, except those of days with very many verdicts.
   * These wait until half as many facts more are kept, the day closes, or {@link #flush} is called.
   */
  public void flushMost() {
    pending.flushMost();
  }

  /** Stores the state of each subject that changed and is not stored yet. */
  public void write() {
    subjects.write();
  }

  /**
   * Gives out all postponed changes of findings, stores the state of all changed subjects, and
   * removes all subjects from memory.
   */
  public void close() {
    subjects.flush();
    subjects.close();
  }

  /**
   * Deletes all state records whose subject is the given principal, and returns the principal's
   * names in them. Records of other subjects stay.
   */
  public Set<String> eraseSubject(Subject principal) {
    close();
    return new StateEraser(codec, records).eraseSubject(principal);
  }

  /**
   * Replaces a principal by a pseudonym in the state records of other subjects, and returns the ids
   * of findings that may name the principal. Tokens, sessions and names that are the principal's
   * alone are deleted.
   */
  public List<String> eraseIn(ErasedPrincipal erasing) {
    close();
    return new StateEraser(codec, records).eraseIn(erasing);
  }
}
