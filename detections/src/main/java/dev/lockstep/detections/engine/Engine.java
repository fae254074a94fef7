package dev.lockstep.detections.engine;

import dev.lockstep.detections.alert.AlertCollection;
import dev.lockstep.detections.alert.Alerts;
import dev.lockstep.detections.alert.ReportedAlert;
import dev.lockstep.detections.alert.SubjectAlerts;
import dev.lockstep.detections.contribution.FindingTeller;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.judgement.JudgementTimer;
import dev.lockstep.detections.judgement.RuleCalls;
import dev.lockstep.detections.message.EngineCounts;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Output;
import dev.lockstep.detections.message.Statement;
import dev.lockstep.detections.message.Visit;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.state.Eraser;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.StateCodec;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.detections.storage.Erasing;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Engine of all rules over the subjects of one shard. For one thread.
 *
 * <h2>What changes when</h2>
 *
 * A visit changes facts of its day. Each day that reads them is judged: by the changed fact alone
 * where the rule can, else whole. If a day teaches something else now, the later days that read it
 * are judged again, in order, until nothing changes any more: what is given out follows from the
 * facts, in whatever order they came.
 *
 * <h2>What is given out when</h2>
 *
 * A finding that is new, gone, or of another severity or reason is given out at once; what only
 * counts up waits for {@link #flush}.
 */
public final class Engine {
  private final List<ActiveRule> rules;
  private final StateRecords records;
  private final StateCodec codec;
  private final FindingTeller teller;
  private final RuleCalls calls;
  private final Alerts alerts;
  private final ReachedTimes times = new ReachedTimes();
  private final DayJudge judge;
  private final FactMerger merger;
  private final PendingOutput pending;
  private final OpenSubjects subjects;
  private final AlertDispatch dispatch;
  private final DueWork due;
  private final Sweep sweep;

  /**
   * Creates an engine.
   *
   * @param mostOpen how many subjects of a few facts are kept as live objects; the more facts they
   *     have, the fewer they are
   */
  public Engine(
      List<ActiveRule> rules,
      Enrichment enrichment,
      StateRecords records,
      AlertSettings alerts,
      EngineCounts counts,
      Output output,
      int mostOpen) {
    this.rules = List.copyOf(rules);
    this.records = records;
    this.codec = new StateCodec(rules, records.words());
    this.teller = new FindingTeller(enrichment);
    this.calls = new RuleCalls(enrichment, counts);
    this.alerts = new Alerts(alerts, enrichment, counts, output);
    SuppressionCounter gates = new SuppressionCounter(counts, times);
    ChangedSubjects changed = new ChangedSubjects();
    PendingDays days = new PendingDays();
    Dues dues = new Dues();
    FindingOutput findings = new FindingOutput(calls, teller, output, alerts, days, changed, times);
    this.judge = new DayJudge(calls, findings, gates, dues, days, changed, times);
    this.merger = new FactMerger(judge, changed);
    this.pending = new PendingOutput(judge, days);
    this.subjects =
        new OpenSubjects(
            codec, records, calls, judge, pending, days, changed, rules.size(), mostOpen);
    this.dispatch = new AlertDispatch(this.alerts, subjects, judge, gates, dues, changed, times);
    this.due = new DueWork(dues, this.alerts, subjects, judge, gates, changed, times);
    this.sweep = new Sweep(codec, records, alerts, subjects, judge, pending, dues, due, times);
  }

  /** Works a message in. */
  public void take(Message message) {
    if (message instanceof Message.OfVisit of) {
      visit(of.visit());
    } else if (alerts.settings().enabled()) {
      dispatch.take(message);
    }
  }

  /** Works a visit in. */
  private void visit(Visit visit) {
    times.arrival(visit.reference().arrivalAt());
    SubjectState subject = subjects.opened(visit.subject(), visit.reference().day());
    for (Statement statement : visit.statements()) {
      merger.apply(subject, subject.rule(rules.get(statement.rule())), statement, visit);
    }
    times.arrival(0);
  }

  /**
   * Takes up to which arrival time everything has passed, and up to which nothing more is waited
   * for; both only grow. What was due in between is judged.
   */
  public void advance(long low, long grace) {
    advance(low, grace, false);
  }

  /**
   * Takes the same.
   *
   * @param overdue if a source is idle that brought what was due already when it came
   */
  public void advance(long low, long grace, boolean overdue) {
    due.advance(low, grace, overdue);
  }

  /**
   * Takes the wall clock, in milliseconds since 1970: an alert need not wait for others' clocks.
   */
  public void tick(long now) {
    due.tick(now);
  }

  /**
   * Evicts what nothing in time can need any more, some of it at a time, and after a start looks
   * for what is still due; returns if there is more to look at.
   *
   * @param most how many records to look at
   */
  public boolean sweep(int most) {
    return sweep.sweep(most);
  }

  /** Sets how many verdicts of a day are kept in memory. */
  public void mostVerdicts(int most) {
    judge.mostVerdicts(most);
  }

  /** Sets the timer of judgements. */
  void judgements(JudgementTimer timer) {
    calls.timer(timer);
  }

  /** Keeps what closed days have taught beyond the days that may need it. */
  public void keepsLessons() {
    subjects.keepsLessons();
  }

  /**
   * Returns all that is kept of a subject, and what its rules report of each day: as they judged it
   * when findings were given out.
   */
  public JudgedSubject judged(Subject id) {
    return calls.uncounted(() -> ask(id));
  }

  private JudgedSubject ask(Subject id) {
    SubjectState subject = subjects.opened(id, SubjectState.NO_DAY);
    List<JudgedDay> days = new ArrayList<>();
    List<JudgedSubject.Lesson> lessons = new ArrayList<>();
    for (RuleState state : subject.rules()) {
      if (state != null) {
        if (!state.unlearned().isEmpty()) {
          judge.learn(subject, state);
        }
        for (RuleDay day : List.copyOf(state.days().values())) {
          if (!day.facts().isEmpty() || !day.standing().isEmpty()) {
            days.add(
                JudgedDay.of(
                    state.rule(),
                    calls.caseOf(subject, state, day, times.graceAt()),
                    day,
                    teller,
                    state.hasLostInReach(day)));
          }
        }
        lessons.addAll(JudgedSubject.Lesson.of(state));
      }
    }
    return new JudgedSubject(id, days, lessons, Alerts.of(subject.alerts()));
  }

  /** Returns an alert as far as its records have come, or null if none has. */
  public @Nullable ReportedAlert alert(String id) {
    SubjectAlerts state = subjects.opened(Alerts.alertSubject(id), SubjectState.NO_DAY).alerts();
    AlertCollection collection = state == null ? null : state.collection();
    return collection == null || collection.isEmpty()
        ? null
        : new ReportedAlert(
            collection.whole(), AlertCollection.whyNotCounted(collection.whole().alert()));
  }

  /** Gives out what has only counted up since. */
  public void flush() {
    pending.flush();
  }

  /**
   * Gives out what has only counted up since, but for crowded days: they wait until half as many
   * facts more are kept, they close, or {@link #flush}.
   */
  public void flushMost() {
    pending.flushMost();
  }

  /** Writes all that changed since it was written last. */
  public void write() {
    subjects.write();
  }

  /** Writes all that changed, and closes all subjects. */
  public void close() {
    pending.flush();
    subjects.close();
  }

  /** Deletes all of a principal's own records, and returns the names that they had. */
  public Set<String> eraseSubject(Subject principal) {
    close();
    return new Eraser(rules, codec, records).eraseSubject(principal);
  }

  /**
   * Puts a pseudonym in place of a principal in what others' records have of it, and deletes what
   * is its own there; returns the ids of the findings that may name it.
   */
  public List<String> eraseIn(Erasing erasing) {
    close();
    return new Eraser(rules, codec, records).eraseIn(erasing);
  }
}
