package dev.lockstep.detections.engine;

import dev.lockstep.detections.alert.AlertCollection;
import dev.lockstep.detections.alert.Alerts;
import dev.lockstep.detections.alert.ReportedAlert;
import dev.lockstep.detections.alert.SubjectAlerts;
import dev.lockstep.detections.contribution.FindingTeller;
import dev.lockstep.detections.judgement.Collecting;
import dev.lockstep.detections.judgement.DayCase;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.judgement.JudgementTimer;
import dev.lockstep.detections.message.EngineCounts;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Output;
import dev.lockstep.detections.message.Statement;
import dev.lockstep.detections.message.Visit;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.state.DayFinding;
import dev.lockstep.detections.state.Eraser;
import dev.lockstep.detections.state.FiredEntry;
import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.StandingFinding;
import dev.lockstep.detections.state.StateCodec;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.detections.storage.Erasing;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Day;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Severities;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
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
  private static final int NO_DAY = SubjectState.NO_DAY;

  /** Mentions of findings that are not told again while they are the same. */
  private static final int MOST_LATELY = 4_096;

  /** Verdicts of a day, beyond which they are not kept in memory. */
  private static final int MOST_VERDICTS = 1_000;

  private final List<ActiveRule> rules;
  private final Enrichment enrichment;
  private final StateRecords records;
  private final StateCodec codec;
  private final FindingTeller teller;
  private final EngineCounts counts;
  private final Output output;
  private final Alerts alerts;
  private final int mostOpen;
  private long openWeight;
  private final LinkedHashMap<Subject, SubjectState> open = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<SubjectState> soiled = new LinkedHashSet<>();
  private final LinkedHashMap<RuleDay, PendingDay> pending = new LinkedHashMap<>();
  private final Dues dues = new Dues();
  private final Map<String, Message.Mentioned> lately = new LinkedHashMap<>(16, 0.75f, true);
  private long lowAt;
  private int mostVerdicts = MOST_VERDICTS;
  private JudgementTimer judgements = new JudgementTimer();
  private long graceAt;
  private long wallAt;
  private long arrivalAt;

  private byte @Nullable [] position;
  private int sweptDay = Integer.MIN_VALUE;
  private boolean hasRecovered;
  private boolean asked;
  private boolean forgets = true;

  @SuppressWarnings("ArrayRecordComponent") // bytes on their way, compared by nobody
  private record Gone(byte[] subject, byte[] key) {}

  private record PendingDay(SubjectState subject, RuleState state) {}

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
    this.enrichment = enrichment;
    this.records = records;
    this.codec = new StateCodec(rules, records.words());
    this.teller = new FindingTeller(enrichment);
    this.counts = counts;
    this.output = output;
    this.alerts = new Alerts(alerts, enrichment, counts, output);
    this.mostOpen = mostOpen;
  }

  /** Works a message in. */
  public void take(Message message) {
    if (message instanceof Message.OfVisit of) {
      visit(of.visit());
    } else if (alerts.settings().enabled()) {
      ofAlerts(message);
    }
  }

  private void ofAlerts(Message message) {
    if (message instanceof Message.AlertRecord record) {
      arrivalAt = record.activity().getArrivalAt();
      SubjectState subject = opened(record.subject(), dayOf(record.activity().getEventAt()));
      if (alerts.record(subject.alertsOrNew(), record.activity())) {
        long settle = alerts.settings().settleMinutes() * 60_000L;
        long dueAt = subject.alertsOrNew().collecting().arrivalAt() + settle;
        dues.at(dueAt, subject.subject(), 0, false);
        dues.byWall(wallAt + settle, subject.subject());
      }
      soil(subject);
    } else if (message instanceof Message.AlertAccount account) {
      SubjectState subject = opened(account.subject(), 0);
      if (alerts.account(subject.alertsOrNew(), account.account())) {
        soil(subject);
      }
    } else if (message instanceof Message.Alerted alerted) {
      int first = dayOf(alerted.alert().times().get(0));
      SubjectState subject = opened(alerted.subject(), first);
      SubjectAlerts state = subject.alertsOrNew();
      if (alerts.alerted(state, alerted)) {
        List<Long> times = alerted.alert().times();
        judgeByAlerts(subject, first - 2, dayOf(times.get(times.size() - 1)) + 2);
      }
      if (!state.dirty().isEmpty()) {
        soil(subject);
      }
    } else if (message instanceof Message.Named named) {
      SubjectState subject = opened(named.subject(), dayOf(named.at()));
      if (alerts.named(subject.alertsOrNew(), named)) {
        soil(subject);
      }
    } else if (message instanceof Message.Mentioned mentioned) {
      SubjectState subject = opened(mentioned.subject(), dayOf(mentioned.startAt()));
      if (alerts.mentioned(subject.alertsOrNew(), mentioned)) {
        soil(subject);
      }
    }
    arrivalAt = 0;
  }

  private static int dayOf(long millis) {
    return (int) Math.floorDiv(millis, 86_400_000L);
  }

  /** Judges days again of rules that compare with alerts. */
  private void judgeByAlerts(SubjectState subject, int from, int to) {
    for (RuleState state : subject.rules()) {
      if (state != null && state.rule().info().needs().contains(Need.ALERTS)) {
        for (int each = from; each <= to; each++) {
          RuleDay day = state.day(each);
          if (day != null && !day.facts().isEmpty()) {
            Collecting verdicts = judgeWhole(subject, state, day, null);
            if (verdicts != null) {
              count(subject.subject(), state, verdicts);
              settle(subject, state, day);
            }
          }
        }
        relearn(subject, state);
      }
    }
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
    lowAt = Math.max(lowAt, low);
    if (grace > graceAt || overdue) {
      long before = graceAt;
      graceAt = Math.max(graceAt, grace);
      for (Dues.Due due : dues.upTo(graceAt)) {
        due(due, before);
      }
    }
  }

  /**
   * Takes the wall clock, in milliseconds since 1970: an alert need not wait for others' clocks.
   */
  public void tick(long now) {
    wallAt = now;
    for (Subject due : dues.byWallUpTo(now)) {
      SubjectState subject = opened(due, 0);
      SubjectAlerts state = subject.alerts();
      if (state != null && state.collection() != null && state.collecting().isPending()) {
        alerts.judge(state);
        soil(subject);
      }
    }
  }

  private void due(Dues.Due due, long before) {
    SubjectState subject = opened(due.subject(), due.day());
    SubjectAlerts state = subject.alerts();
    if (state != null && state.collection() != null && state.collecting().isPending()) {
      long settle = alerts.settings().settleMinutes() * 60_000L;
      if (state.collecting().arrivalAt() + settle <= graceAt) {
        alerts.judge(state);
        soil(subject);
      }
    }
    for (RuleState rule : subject.rules()) {
      if (rule == null || rule.rule().info().grace().isZero()) {
        continue;
      }
      long grace = rule.rule().info().grace().toMillis();
      for (RuleDay day : List.copyOf(rule.days().values())) {
        if (isPartlyEvicted(rule, day)) {
          continue; // what was due of it was due long ago
        }
        boolean over = false;
        for (KeptFact fact : day.facts()) {
          long at = fact.first().arrivalAt() + grace;
          over |= at <= graceAt && (at > before || due.again());
        }
        Collecting verdicts = over ? judgeWhole(subject, rule, day, null) : null;
        if (verdicts != null) {
          countGraced(subject.subject(), rule, verdicts, before, grace);
          settle(subject, rule, day);
        }
      }
      relearn(subject, rule);
    }
  }

  /**
   * Evicts what nothing in time can need any more, some of it at a time, and after a start looks
   * for what is still due; returns if there is more to look at.
   *
   * @param most how many records to look at
   */
  public boolean sweep(int most) {
    int low = dayOf(lowAt);
    if (position == null) {
      if (low <= sweptDay && hasRecovered) {
        return false;
      }
      sweptDay = low;
      flush();
      for (SubjectState subject : List.copyOf(open.values())) {
        for (RuleState state : subject.rules()) {
          if (state != null && !state.unlearned().isEmpty()) {
            learn(subject, state); // while the facts are there that teach it
          }
        }
        subject.evict(low);
      }
    }
    List<Gone> gone = new ArrayList<>();
    Map<Subject, Integer> overdue = new LinkedHashMap<>();
    Map<Subject, Integer> waiting = new LinkedHashMap<>();
    position =
        records.walk(
            position,
            most,
            (subject, key, value) -> {
              if (lowAt > 0 && codec.isOver(key, value, low)) {
                gone.add(new Gone(subject.clone(), key.clone()));
              } else if (!hasRecovered) {
                if (codec.isOfPendingDay(key, value)) {
                  waiting.merge(StateCodec.subject(subject), StateCodec.dayOfKey(key), Math::min);
                }
                Long dueAt = codec.waitsFor(key, value, alerts.settings());
                if (dueAt != null) {
                  Subject id = StateCodec.subject(subject);
                  int day = StateCodec.dayOfKey(key);
                  if (dueAt <= graceAt) {
                    overdue.merge(id, day, Math::min); // nothing later may come
                  } else {
                    dues.at(dueAt, id, day, true);
                  }
                }
              }
            });
    for (Gone each : gone) {
      records.write(each.subject(), each.key(), null);
    }
    waiting.forEach(this::opened); // from then on they wait in memory
    overdue.forEach((subject, day) -> due(new Dues.Due(subject, day, true), graceAt));
    hasRecovered |= position == null;
    return position != null;
  }

  /** Counts what gates suppressed of facts whose grace has ended since. */
  private void countGraced(
      Subject subject, RuleState state, Collecting verdicts, long before, long grace) {
    verdicts.suppressed(
        (gate, facts) -> {
          for (Fact fact : facts) {
            long at = fact.first().arrivalAt() + grace;
            if (at > before && at <= graceAt) {
              counts.suppressed(subject, state.rule().info().id(), gate);
              return;
            }
          }
        });
  }

  /** Works a visit in. */
  private void visit(Visit visit) {
    arrivalAt = visit.reference().arrivalAt();
    SubjectState subject = opened(visit.subject(), visit.reference().day());
    for (Statement statement : visit.statements()) {
      apply(subject, subject.rule(rules.get(statement.rule())), statement, visit);
    }
    arrivalAt = 0;
  }

  /** Sets how many verdicts of a day are kept in memory. */
  public void mostVerdicts(int most) {
    mostVerdicts = most;
  }

  /** Sets the timer of judgements. */
  void judgements(JudgementTimer timer) {
    judgements = timer;
  }

  /** Keeps what closed days have taught beyond the days that may need it. */
  public void keepsLessons() {
    forgets = false;
  }

  /**
   * Returns all that is kept of a subject, and what its rules report of each day: as they judged it
   * when findings were given out.
   */
  public JudgedSubject judged(Subject id) {
    asked = true;
    try {
      return ask(id);
    } finally {
      asked = false;
    }
  }

  private JudgedSubject ask(Subject id) {
    SubjectState subject = opened(id, NO_DAY);
    List<JudgedDay> days = new ArrayList<>();
    List<JudgedSubject.Lesson> lessons = new ArrayList<>();
    for (RuleState state : subject.rules()) {
      if (state != null) {
        if (!state.unlearned().isEmpty()) {
          learn(subject, state);
        }
        for (RuleDay day : List.copyOf(state.days().values())) {
          if (!day.facts().isEmpty() || !day.standing().isEmpty()) {
            days.add(
                JudgedDay.of(
                    state.rule(),
                    caseOf(subject, state, day),
                    day,
                    teller,
                    hasLostInReach(state, day)));
          }
        }
        lessons.addAll(JudgedSubject.Lesson.of(state));
      }
    }
    return new JudgedSubject(id, days, lessons, Alerts.of(subject.alerts()));
  }

  /**
   * Counts a failure of a rule, unless it failed again since somebody asked what it makes of days.
   */
  private void failed(String rule, String what, Throwable failure) {
    if (!asked) {
      counts.failed(rule, what, failure);
    }
  }

  /** Returns an alert as far as its records have come, or null if none has. */
  public @Nullable ReportedAlert alert(String id) {
    SubjectAlerts state = opened(Alerts.alertSubject(id), NO_DAY).alerts();
    AlertCollection collection = state == null ? null : state.collection();
    return collection == null || collection.isEmpty()
        ? null
        : new ReportedAlert(
            collection.whole(), AlertCollection.whyNotCounted(collection.whole().alert()));
  }

  /** Gives out what has only counted up since. */
  public void flush() {
    while (!pending.isEmpty()) {
      Iterator<Map.Entry<RuleDay, PendingDay>> first = pending.entrySet().iterator();
      Map.Entry<RuleDay, PendingDay> entry = first.next();
      first.remove();
      PendingDay of = entry.getValue();
      giveOut(of.subject(), of.state(), entry.getKey());
      relearn(of.subject(), of.state());
    }
  }

  /** Writes all that changed, and lets the live objects of all subjects go. */
  public void close() {
    flush();
    write();
    open.clear();
    openWeight = 0;
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

  /**
   * Gives out what has only counted up since, but for crowded days: they wait until half as many
   * facts more are kept, they close, or {@link #flush}.
   */
  public void flushMost() {
    for (Map.Entry<RuleDay, PendingDay> entry : List.copyOf(pending.entrySet())) {
      PendingDay of = entry.getValue();
      RuleDay day = entry.getKey();
      if (pending.containsKey(day) && !mayWait(day)) {
        giveOut(of.subject(), of.state(), day);
        relearn(of.subject(), of.state());
      }
    }
  }

  private static boolean mayWait(RuleDay day) {
    return day.isCrowded() && 2 * day.facts().size() < 3 * day.factsTold();
  }

  /** Returns if all that was given out of a day counts more than a set keeps. */
  private static boolean isCounted(RuleState state, RuleDay day) {
    int most = state.rule().settings().setCap();
    return !day.standing().isEmpty()
        && day.standing().values().stream().allMatch(one -> one.count() > most);
  }

  /** Gives out what of a subject waits, as far as it lies before a day. */
  private void flush(SubjectState subject, int before) {
    for (RuleState state : subject.rules()) {
      if (state != null && !state.days().isEmpty() && state.days().firstKey() < before) {
        for (RuleDay day : List.copyOf(state.days().headMap(before, false).values())) {
          if (pending.containsKey(day)) {
            giveOut(subject, state, day);
            relearn(subject, state);
          }
        }
      }
    }
  }

  /** Writes all that changed since it was written last. */
  public void write() {
    for (SubjectState subject : soiled) {
      write(subject);
    }
    soiled.clear();
  }

  private void write(SubjectState subject) {
    flush(subject, subject.newest() - codec.reach() - 1);
    for (RuleState state : subject.rules()) {
      if (state != null) {
        learnAtLeisure(subject, state);
        if (forgets) {
          prune(state);
        }
      }
    }
    codec.write(subject, records);
    subject.written();
    close(subject);
  }

  private void prune(RuleState state) {
    if (state.days().isEmpty()) {
      return;
    }
    try {
      state.prune(state.days().lastKey());
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      failed(state.rule().info().id(), "remember", e);
    }
  }

  /** Takes the days out of memory that the next event in order does not need. */
  private void close(SubjectState subject) {
    int newest = subject.newest();
    int oldest = Integer.MAX_VALUE;
    for (RuleState state : subject.rules()) {
      if (state != null && !state.days().isEmpty()) {
        for (RuleDay day : state.days().values()) {
          if (pending.containsKey(day)) {
            oldest = Math.min(oldest, day.day() - codec.reach());
          }
        }
        if (!state.unlearned().isEmpty()) {
          oldest = Math.min(oldest, state.unlearned().first() - codec.reach());
        }
      }
    }
    if (newest == NO_DAY) {
      return;
    }
    int from = Math.min(oldest, newest - codec.reach() - 1);
    if (from <= subject.from()) {
      return;
    }
    for (RuleState state : subject.rules()) {
      if (state != null) {
        NavigableMap<Integer, RuleDay> closed = state.days().headMap(from, false);
        closed.values().forEach(RuleDay::forgetJudgement);
        closed.clear();
      }
    }
    subject.from(from);
  }

  /** Notes of which days that were read something is still to be given out. */
  private void takePending(SubjectState subject) {
    for (RuleState state : subject.rules()) {
      if (state != null) {
        for (RuleDay day : state.days().values()) {
          if (day.isPending()) {
            pending.putIfAbsent(day, new PendingDay(subject, state));
          }
        }
      }
    }
  }

  private SubjectState opened(Subject id, int day) {
    SubjectState subject = open.get(id);
    if (subject == null) {
      makeRoom();
      subject = new SubjectState(id, StateCodec.subjectKey(id), rules.size());
      codec.readHead(subject, records);
      open.put(id, subject);
    }
    int from = day - codec.reach();
    for (RuleState state : subject.rules()) {
      if (state != null && !state.unlearned().isEmpty()) {
        from = Math.min(from, state.unlearned().first() - codec.reach());
      }
    }
    if (from < subject.from()) {
      codec.read(subject, from, records);
      takePending(subject);
    }
    openWeight += subject.weigh();
    return subject;
  }

  private void makeRoom() {
    long most = (long) mostOpen * SubjectState.USUAL_WEIGHT;
    if (openWeight < most) {
      return;
    }
    Iterator<SubjectState> eldest = open.values().iterator();
    while (openWeight > most / 10 * 9 && eldest.hasNext()) {
      SubjectState subject = eldest.next();
      openWeight -= subject.weight();
      flush(subject, Integer.MAX_VALUE);
      if (subject.isDirty()) {
        write(subject);
        soiled.remove(subject);
      }
      eldest.remove();
    }
  }

  private void soil(SubjectState subject) {
    if (subject.soil()) {
      soiled.add(subject);
    }
  }

  private void apply(SubjectState subject, RuleState state, Statement statement, Visit visit) {
    RuleDay day = state.dayOrNew(visit.reference().day());
    Settings settings = state.rule().settings();
    FactKind kind = statement.kind();
    int hash =
        KeptFact.alikeHash(
            kind,
            statement.values(),
            statement.placed() ? visit.location() : null,
            statement.owned() ? visit.principal() : null);
    if (visit.retracts()) {
      retract(subject, state, day, statement, visit, hash);
      return;
    }
    if (kind.hasRuns()) {
      addToRun(subject, state, day, statement, visit, hash, kind.gapMillis(settings));
      return;
    }
    KeptFact known = find(day, statement, visit, hash);
    if (known != null) {
      if (known.add(statement, visit, settings.setCap())) {
        changed(subject, state, day, known, false);
      }
      return;
    }
    KeptFact added = new KeptFact(statement, visit);
    added.add(statement, visit, settings.setCap());
    addNew(subject, state, day, added, settings);
  }

  private static @Nullable KeptFact find(RuleDay day, Statement statement, Visit visit, int hash) {
    for (KeptFact fact : day.facts()) {
      if (fact.isAlike(
          hash,
          statement.kind(),
          statement.values(),
          statement.placed() ? visit.location() : null,
          statement.owned() ? visit.principal() : null)) {
        return fact;
      }
    }
    return null;
  }

  private void addNew(
      SubjectState subject, RuleState state, RuleDay day, KeptFact added, Settings settings) {
    FactKind kind = added.kind();
    long ceiling = day.ceiling(kind);
    if (ceiling != RuleDay.NO_CEILING && added.order() >= ceiling) {
      judgeUnkept(subject, state, added);
      return;
    }
    day.facts().add(added);
    changed(subject, state, day, added, true);
    bound(subject, state, day, kind, settings);
  }

  private void addToRun(
      SubjectState subject,
      RuleState state,
      RuleDay day,
      Statement statement,
      Visit visit,
      int hash,
      long gapMillis) {
    Settings settings = state.rule().settings();
    long at = visit.reference().at();
    KeptFact run = null;
    boolean moved = false;
    for (Iterator<KeptFact> facts = day.facts().iterator(); facts.hasNext(); ) {
      KeptFact fact = facts.next();
      if (!fact.isAlike(
          hash,
          statement.kind(),
          statement.values(),
          statement.placed() ? visit.location() : null,
          statement.owned() ? visit.principal() : null)) {
        continue;
      }
      if (run == null) {
        if (isNear(fact.firstAt(), fact.lastAt(), at, at, gapMillis)) {
          moved = fact.add(statement, visit, settings.setCap());
          run = fact;
        }
      } else if (isNear(fact.firstAt(), fact.lastAt(), run.firstAt(), run.lastAt(), gapMillis)) {
        forgetFired(fact);
        run.merge(fact, settings.setCap());
        drop(subject, fact);
        facts.remove();
        moved = true;
      }
    }
    if (run == null) {
      KeptFact added = new KeptFact(statement, visit);
      added.add(statement, visit, settings.setCap());
      addNew(subject, state, day, added, settings);
    } else if (moved) {
      changed(subject, state, day, run, false);
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
      int hash) {
    KeptFact known = find(day, statement, visit, hash);
    if (known == null || !known.retract(visit.reference())) {
      return;
    }
    if (known.isEmpty()) {
      day.facts().remove(known);
      drop(subject, known);
      state.soilLesson(day.day());
      int ahead = state.rule().info().daysAhead();
      int back = state.rule().info().daysBack();
      for (int each = day.day() - ahead; each <= day.day() + back; each++) {
        RuleDay reads = state.day(each);
        if (reads == null) {
          continue;
        }
        state.soilLesson(each);
        if (reads.isCrowded() && !reads.isJudged()) {
          reads.forgetFired(known);
          await(subject, state, reads);
          continue;
        }
        if (!isByChange(state, reads)) {
          if (judgeWhole(subject, state, reads, null) != null) {
            settle(subject, state, reads);
          }
          continue;
        }
        reads.forgetFired(known);
        settle(subject, state, reads);
      }
      relearn(subject, state);
    } else {
      changed(subject, state, day, known, false);
    }
  }

  /** Takes a fact's record out of state. */
  private void drop(SubjectState subject, KeptFact fact) {
    byte[] key = fact.storedKey();
    if (key != null) {
      subject.gone().add(key);
    }
    soil(subject);
  }

  private static void forgetFired(KeptFact fact) {
    for (FiredEntry entry : List.copyOf(fact.fired())) {
      entry.finding().day().forgetFired(fact);
    }
  }

  /** Judges all that reads a fact which is new or has another extent. */
  private void changed(
      SubjectState subject, RuleState state, RuleDay day, KeptFact fact, boolean isNew) {
    fact.soil();
    soil(subject);
    state.soilLesson(day.day());
    RuleInfo info = state.rule().info();
    if (isNew && !info.grace().isZero()) {
      dues.at(
          fact.first().arrivalAt() + info.grace().toMillis(), subject.subject(), day.day(), false);
    }
    for (int each = day.day() - info.daysAhead(); each <= day.day() + info.daysBack(); each++) {
      RuleDay reads = each == day.day() ? day : state.day(each);
      if (reads == null || (reads != day && reads.facts().isEmpty())) {
        continue;
      }
      state.soilLesson(each);
      if (info.judgesByChange() && reads.isCrowded() && !reads.isJudged()) {
        judgeIfRaised(subject, state, reads, fact, isNew);
        continue;
      }
      boolean holds =
          isByChange(state, reads)
              ? judgeChange(subject, state, reads, fact, isNew)
              : judgeWhole(subject, state, reads, fact, isNew) != null;
      if (holds) {
        settle(subject, state, reads);
      }
    }
    relearn(subject, state);
  }

  /** Returns if of a day only what a changed fact has a part in needs to be judged. */
  private static boolean isByChange(RuleState state, RuleDay day) {
    return state.rule().info().judgesByChange() && day.isJudged() && !day.isToBeJudgedWhole();
  }

  /** Judges a crowded day if a fact raises what was given out of it; else it waits. */
  private void judgeIfRaised(
      SubjectState subject, RuleState state, RuleDay day, KeptFact fact, boolean isNew) {
    learnUpTo(subject, state, day.day() - 2);
    Collecting verdicts = verdicts(subject, state, day, fact, null, day);
    if (verdicts == null) {
      return;
    }
    count(subject.subject(), state, verdicts, fact, isNew);
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

  /** Puts a day off until what only counts up is given out. */
  private void await(SubjectState subject, RuleState state, RuleDay day) {
    if (day.delay()) {
      pending.put(day, new PendingDay(subject, state));
      soil(subject);
    }
  }

  /** Returns if what only counts up is not told any more: more came than is kept or counted. */
  private static boolean isSaturated(RuleState state, RuleDay day) {
    return hasLostInReach(state, day) && isCounted(state, day);
  }

  /** Takes the verdicts of a day that was given out from memory if they are many. */
  private void relax(RuleState state, RuleDay day) {
    day.crowded(day.verdicts() > mostVerdicts);
    if (state.rule().info().judgesByChange() && day.isCrowded()) {
      day.forgetJudgement();
      forgetGone(state, day);
    }
  }

  /** Takes from the facts that a day reads the verdicts that are not in memory any more. */
  private static void forgetGone(RuleState state, RuleDay day) {
    RuleInfo info = state.rule().info();
    for (int each = day.day() - info.daysBack(); each <= day.day() + info.daysAhead(); each++) {
      RuleDay other = state.day(each);
      if (other != null) {
        for (KeptFact fact : other.facts()) {
          fact.forgetGone();
        }
      }
    }
  }

  /**
   * Judges a day by all of its facts; returns null if the rule failed, and what it said before
   * holds.
   */
  private @Nullable Collecting judgeWhole(
      SubjectState subject, RuleState state, RuleDay day, @Nullable KeptFact counted) {
    return judgeWhole(subject, state, day, counted, false);
  }

  private @Nullable Collecting judgeWhole(
      SubjectState subject,
      RuleState state,
      RuleDay day,
      @Nullable KeptFact counted,
      boolean isNew) {
    learnUpTo(subject, state, day.day() - 2);
    Collecting verdicts = verdicts(subject, state, day, null, null, null);
    if (verdicts == null) {
      day.toBeJudgedWhole(true);
      return null;
    }
    day.toBeJudgedWhole(false);
    day.forgetFired();
    fire(day, verdicts);
    day.judgedWhole();
    if (counted != null) {
      count(subject.subject(), state, verdicts, counted, isNew);
    }
    for (int before = day.day() - state.rule().info().daysBack();
        before <= day.day() + state.rule().info().daysAhead();
        before++) {
      RuleDay other = state.day(before);
      if (other != null) {
        for (KeptFact fact : other.facts()) {
          if (fact.fired().size() > 32) {
            fact.forgetGone();
          }
        }
      }
    }
    return verdicts;
  }

  /** Judges what a changed fact has a part in; returns if the rule did not fail. */
  private boolean judgeChange(
      SubjectState subject, RuleState state, RuleDay day, KeptFact changed, boolean isNew) {
    Collecting verdicts = verdicts(subject, state, day, changed, null, null);
    if (verdicts == null) {
      day.toBeJudgedWhole(true);
      return false;
    }
    day.forgetFired(changed);
    fire(day, verdicts);
    count(subject.subject(), state, verdicts, changed, isNew);
    return true;
  }

  private static void fire(RuleDay day, Collecting verdicts) {
    for (Fired fired : verdicts.fired()) {
      day.fires(fired);
    }
  }

  /** Counts what gates suppressed of a fact; what hangs on an absence was counted when it ended. */
  private void count(
      Subject subject, RuleState state, Collecting verdicts, KeptFact fact, boolean isNew) {
    Duration grace = state.rule().info().grace();
    boolean isGraced =
        !isNew && !grace.isZero() && fact.first().arrivalAt() + grace.toMillis() <= graceAt;
    verdicts.suppressed(
        (gate, facts) -> {
          if (facts.contains(fact) && !(isGraced && facts.size() == 1)) {
            counts.suppressed(subject, state.rule().info().id(), gate);
          }
        });
  }

  private void count(Subject subject, RuleState state, Collecting verdicts) {
    verdicts.suppressed(
        (gate, facts) -> counts.suppressed(subject, state.rule().info().id(), gate));
  }

  /**
   * Returns the verdicts of a rule on a day, or null if the rule failed.
   *
   * @param settled the day of which only what raises a finding is asked for; null: all is
   */
  private @Nullable Collecting verdicts(
      SubjectState subject,
      RuleState state,
      RuleDay day,
      @Nullable KeptFact changed,
      @Nullable KeptFact unkept,
      @Nullable RuleDay settled) {
    ActiveRule rule = state.rule();
    Collecting verdicts = new Collecting(settled);
    judgements.begins();
    try {
      rule.rule()
          .judge(
              new DayCase(
                  subject.subject(),
                  state,
                  day.day(),
                  changed,
                  unkept,
                  Alerts.of(subject.alerts()),
                  graceAt,
                  enrichment),
              verdicts);
      return verdicts;
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      failed(rule.info().id(), "judge", e);
      return null;
    } finally {
      long millis = judgements.millisIfSlow();
      if (millis > 0) {
        counts.slow(rule.info().id(), millis);
      }
    }
  }

  /** Judges once a fact that is not kept: it may add a finding or raise one, and no more. */
  private void judgeUnkept(SubjectState subject, RuleState state, KeptFact fact) {
    RuleInfo info = state.rule().info();
    for (int each = fact.day() - info.daysAhead(); each <= fact.day() + info.daysBack(); each++) {
      RuleDay reads = state.day(each);
      if (reads == null || (reads.facts().isEmpty() && each != fact.day())) {
        continue;
      }
      if (!reads.isJudged() && !reads.isCrowded()) {
        if (judgeWhole(subject, state, reads, null) == null) {
          continue;
        }
        settle(subject, state, reads);
      }
      Collecting verdicts =
          verdicts(subject, state, reads, info.judgesByChange() ? fact : null, fact, reads);
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
          if (judgeWhole(subject, state, reads, null) == null) {
            continue;
          }
        } else if (!reads.touched().isEmpty()) {
          tellAll(subject, state, reads);
        }
        raising.forEach(reads::fires);
        tellAll(subject, state, reads);
        reads.forgetFired(fact);
        reads.settled();
        relax(state, reads);
      }
    }
    relearn(subject, state);
  }

  /** Lets the facts of a kind go that are too many. */
  private void bound(
      SubjectState subject, RuleState state, RuleDay day, FactKind kind, Settings settings) {
    if (!isTooMany(day, kind, settings)) {
      return;
    }
    RuleInfo info = state.rule().info();
    boolean first = !day.hasLost();
    if (first) {
      day.ceiling(kind, Long.MAX_VALUE - 1); // from now on all of its findings say so
    }
    for (int each = day.day() - info.daysAhead(); each <= day.day() + info.daysBack(); each++) {
      RuleDay reads = state.day(each);
      if (reads != null && first) {
        state.soilLesson(each);
        if (reads.isCrowded() && isCounted(state, reads)) {
          await(subject, state, reads);
          continue;
        }
        reads.touchAll();
        giveOut(subject, state, reads);
      }
    }
    while (isTooMany(day, kind, settings)) {
      long largest = Long.MIN_VALUE;
      for (KeptFact fact : day.facts()) {
        if (fact.kind() == kind) {
          largest = Math.max(largest, fact.order());
        }
      }
      for (Iterator<KeptFact> facts = day.facts().iterator(); facts.hasNext(); ) {
        KeptFact fact = facts.next();
        if (fact.kind() == kind && fact.order() == largest) {
          forgetFired(fact);
          drop(subject, fact);
          facts.remove();
        }
      }
      day.ceiling(kind, largest);
    }
    state.soilLesson(day.day());
    relearn(subject, state);
  }

  /**
   * Returns if there are more facts of a kind than are kept. Runs are counted in slots, times as
   * long as the gap: their number only grows with more events, and that of runs does not.
   */
  private static boolean isTooMany(RuleDay day, FactKind kind, Settings settings) {
    if (day.facts().size() <= settings.setCap() && !kind.hasRuns()) {
      return false;
    }
    long gap = kind.hasRuns() ? Math.max(1, kind.gapMillis(settings)) : 0;
    long slots = 0;
    for (KeptFact fact : day.facts()) {
      if (fact.kind() == kind) {
        slots +=
            gap == 0
                ? 1
                : Math.floorDiv(fact.lastAt(), gap) - Math.floorDiv(fact.firstAt(), gap) + 1;
      }
    }
    return slots > settings.setCap();
  }

  /** Gives out what of a day matters now, and puts off what only counts up. */
  private void settle(SubjectState subject, RuleState state, RuleDay day) {
    if (day.touched().isEmpty()) {
      return;
    }
    if (isUrgent(state, day)) {
      giveOut(subject, state, day);
    } else {
      await(subject, state, day);
    }
  }

  private static boolean isUrgent(RuleState state, RuleDay day) {
    RuleInfo info = state.rule().info();
    RuleInfo.Collapse collapse = info.collapse();
    StandingFinding one = day.collapsed();
    if (collapse != null && one != null) {
      for (DayFinding finding : day.touched()) {
        Severity severity = finding.severity();
        if (severity != null
            && (collapse.lowered() ? Severities.down(severity) : severity).compareTo(one.severity())
                > 0) {
          return true;
        }
      }
      return day.firing() <= collapse.most() && !hasLostInReach(state, day);
    }
    boolean lost = hasLostInReach(state, day);
    for (DayFinding finding : day.touched()) {
      if (isUrgent(info, day, finding, lost)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isUrgent(RuleInfo info, RuleDay day, DayFinding finding, boolean lost) {
    StandingFinding stands = day.stands(finding.parts());
    Severity severity = finding.severity();
    if (stands == null) {
      return severity != null;
    }
    if (severity == null) {
      return !lost;
    }
    int higher = severity.compareTo(stands.severity());
    int earlier = Integer.compare(finding.reasonRank(), info.rank(stands.reason()));
    return lost ? higher > 0 || (higher == 0 && earlier < 0) : higher != 0 || earlier != 0;
  }

  /** Gives out each finding of a day that differs from what was given out of it. */
  private void giveOut(SubjectState subject, RuleState state, RuleDay day) {
    if (!day.isJudged() && day.isCrowded()) {
      learnUpTo(subject, state, day.day() - 2);
      Collecting verdicts = verdicts(subject, state, day, null, null, null);
      if (verdicts == null) {
        keepAsTold(subject, day);
        return;
      }
      day.firesOnce(verdicts.fired());
      tellAll(subject, state, day);
      day.crowded(day.verdicts() > mostVerdicts);
      day.forgetJudgement();
      return;
    }
    if (!day.isJudged()
        && !day.facts().isEmpty()
        && judgeWhole(subject, state, day, null) == null) {
      keepAsTold(subject, day);
      return;
    }
    tellAll(subject, state, day);
    relax(state, day);
  }

  /** Leaves the findings of a day as they were given out, until it is judged again. */
  private void keepAsTold(SubjectState subject, RuleDay day) {
    if (day.isPending()) {
      soil(subject);
    }
    day.givenOut(day.facts().size());
    pending.remove(day);
  }

  /** Gives out each finding of a day that was judged. */
  private void tellAll(SubjectState subject, RuleState state, RuleDay day) {
    if (day.isPending()) {
      soil(subject);
    }
    day.givenOut(day.facts().size());
    pending.remove(day);
    ActiveRule rule = state.rule();
    RuleInfo info = rule.info();
    boolean lost = hasLostInReach(state, day);
    RuleInfo.Collapse collapse = info.collapse();
    Map<String, StandingFinding> before = day.standing();
    boolean collapsed =
        collapse != null
            && (day.firing() > collapse.most() || (lost && isTooManyKept(day, collapse)));
    TreeMap<String, StandingFinding> now = new TreeMap<>();
    if (collapse == null || !collapsed) {
      each(subject, state, day, lost, now);
    } else if (!collapse(subject, state, day, collapse, lost, now)) {
      day.settled();
      return;
    }
    before.forEach(
        (id, stood) -> {
          if (!now.containsKey(id)) {
            if ((lost && !collapsed) || isPartlyEvicted(state, day, stood)) {
              now.put(id, stood); // its facts may not be kept any more
            } else {
              output.contribution(teller.withdrawn(rule, id), arrivalAt);
            }
          }
        });
    if (!teachTheSame(before, now)) {
      state.soilLesson(day.day());
    }
    if (!before.equals(now)) {
      day.stand(now);
      day.soil();
      soil(subject);
    }
    day.settled();
  }

  /** Returns if there are too many findings, of which those count too whose facts are not kept. */
  private static boolean isTooManyKept(RuleDay day, RuleInfo.Collapse collapse) {
    if (day.collapsed() != null) {
      return true;
    }
    int standing = 0;
    for (StandingFinding one : day.standing().values()) {
      DayFinding now = day.findings().get(one.parts());
      standing += now == null || now.isEmpty() ? 1 : 0;
    }
    return day.firing() > 0 && standing + day.firing() > collapse.most();
  }

  /** Gives out one finding in place of too many; returns if the rule did not fail. */
  private boolean collapse(
      SubjectState subject,
      RuleState state,
      RuleDay day,
      RuleInfo.Collapse collapse,
      boolean lost,
      Map<String, StandingFinding> now) {
    ActiveRule rule = state.rule();
    String id = teller.id(rule, subject.subject(), List.of(), day.day());
    StandingFinding stood = day.standing().get(id);
    if (day.firing() == 0 && stood != null) {
      now.put(id, stood);
      return true;
    }
    FindingTeller.Told told =
        told(
            rule,
            () ->
                teller.collapsed(
                    rule,
                    caseOf(subject, state, day),
                    id,
                    day.fired(),
                    day.firing(),
                    collapse,
                    lost || day.hasMoreFindings(),
                    lost
                        ? (stood == null ? highest(day.standing().values(), collapse) : stood)
                        : null));
    if (told == null) {
      return false;
    }
    now.put(id, told.standing());
    give(rule, told);
    return true;
  }

  /** Returns a finding as a rule tells it, or null if the rule failed. */
  private FindingTeller.@Nullable Told told(ActiveRule rule, Supplier<FindingTeller.Told> telling) {
    try {
      return telling.get();
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      failed(rule.info().id(), "tell", e);
      return null;
    }
  }

  /** Returns what one finding does not fall below that comes in place of those given out. */
  private static @Nullable StandingFinding highest(
      Collection<StandingFinding> standing, RuleInfo.Collapse collapse) {
    StandingFinding highest = null;
    for (StandingFinding one : standing) {
      Severity severity = collapse.lowered() ? Severities.down(one.severity()) : one.severity();
      highest =
          new StandingFinding(
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
      Map<String, StandingFinding> now) {
    ActiveRule rule = state.rule();
    Map<String, StandingFinding> before = day.standing();
    TreeMap<String, DayFinding> firing = new TreeMap<>();
    for (DayFinding finding : day.findings().values()) {
      if (!finding.isEmpty()) {
        firing.put(teller.id(rule, subject.subject(), finding.parts(), day.day()), finding);
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
      state.soilLesson(day.day());
    }
    DayCase of = caseOf(subject, state, day);
    firing.forEach(
        (id, finding) -> {
          StandingFinding stood = before.get(id);
          if (stood != null && !flagged && !finding.isTouched()) {
            now.put(id, stood);
            return;
          }
          StandingFinding least =
              stood != null && (lost || isPartlyEvicted(state, day, stood)) ? stood : null;
          FindingTeller.Told told =
              told(rule, () -> teller.told(rule, of, id, finding, lost || more, least));
          if (told != null) {
            now.put(id, told.standing());
            give(rule, told);
          } else if (stood != null) {
            now.put(id, stood);
          }
        });
  }

  /** Gives out a finding, and leaves a mention with what of it an alert may name. */
  private void give(ActiveRule rule, FindingTeller.Told told) {
    output.contribution(told.contribution(), arrivalAt);
    if (!alerts.settings().confirms() || rule.info().needs().contains(Need.ALERTS)) {
      return;
    }
    Detection detection = told.contribution().getDetection();
    Alerts.parts(told.contribution().getAddresses(), detection.getPrincipal())
        .forEach(
            (subject, networkClass) -> {
              Message.Mentioned mention =
                  new Message.Mentioned(
                      subject,
                      detection.getId(),
                      detection.getStartTime(),
                      detection.getEndTime(),
                      networkClass);
              String key = detection.getId() + subject.id();
              if (!mention.equals(lately.put(key, mention))) {
                output.message(mention);
              }
            });
    while (lately.size() > MOST_LATELY) {
      Iterator<String> eldest = lately.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  private DayCase caseOf(SubjectState subject, RuleState state, RuleDay day) {
    return new DayCase(
        subject.subject(),
        state,
        day.day(),
        null,
        null,
        Alerts.of(subject.alerts()),
        graceAt,
        enrichment);
  }

  private static boolean teachTheSame(
      Map<String, StandingFinding> one, Map<String, StandingFinding> other) {
    if (!one.keySet().equals(other.keySet())) {
      return false;
    }
    return one.entrySet().stream()
        .allMatch(
            entry -> {
              StandingFinding there = other.get(entry.getKey());
              return there != null && entry.getValue().teachesLike(there);
            });
  }

  /** Returns if facts that a finding of a day was given out for are over, and so not kept. */
  private boolean isPartlyEvicted(RuleState state, RuleDay day, StandingFinding stood) {
    int start = dayOf(stood.startAt());
    if (start >= day.day()
        || start >= dayOf(Math.max(lowAt, graceAt)) - state.rule().info().daysKept()) {
      return false;
    }
    RuleDay other = state.day(start);
    return other == null || other.facts().isEmpty();
  }

  /** Returns if days that a day reads are over, so that less may fire than was given out. */
  private boolean isPartlyEvicted(RuleState state, RuleDay day) {
    RuleInfo info = state.rule().info();
    return day.day() - info.daysBack() < dayOf(lowAt) - info.daysKept()
        || day.standing().values().stream().anyMatch(one -> isPartlyEvicted(state, day, one));
  }

  private static boolean hasLostInReach(RuleState state, RuleDay day) {
    RuleInfo info = state.rule().info();
    for (int each = day.day() - info.daysBack(); each <= day.day() + info.daysAhead(); each++) {
      RuleDay other = state.day(each);
      if (other != null && other.hasLost()) {
        return true;
      }
    }
    return false;
  }

  /** Judges the later days again that read what has changed. */
  private void relearn(SubjectState subject, RuleState state) {
    if (state.unlearned().isEmpty()) {
      return;
    }
    Integer newest = state.days().isEmpty() ? null : state.days().lastKey();
    if (newest == null || newest < state.unlearned().first() + 2) {
      return; // nobody reads it yet
    }
    learn(subject, state);
  }

  private void learnUpTo(SubjectState subject, RuleState state, int day) {
    if (!state.unlearned().isEmpty() && state.unlearned().first() <= day) {
      learn(subject, state);
    }
  }

  /** Works out what days teach now, and judges those that read it, until nothing changes. */
  private void learn(SubjectState subject, RuleState state) {
    learn(subject, state, true);
  }

  /** Works out what days teach now, but for those of which much has to be judged for it. */
  private void learnAtLeisure(SubjectState subject, RuleState state) {
    if (!state.unlearned().isEmpty()) {
      learn(subject, state, false);
    }
  }

  private void learn(SubjectState subject, RuleState state, boolean all) {
    TreeSet<Integer> left = new TreeSet<>();
    TreeSet<Integer> again = new TreeSet<>();
    while (true) {
      Integer day = state.pollUnlearned();
      if (day != null) {
        RuleDay known = state.day(day);
        if (!all && known != null && known.isCrowded() && !known.isJudged()) {
          left.add(day);
          continue;
        }
        if (state.teach(day, lessonsOf(subject, state, day))) {
          soil(subject);
          again.addAll(state.days().tailMap(day + 2, true).keySet()); // some days stay learned
        }
        continue;
      }
      Integer next = again.pollFirst();
      if (next == null) {
        left.forEach(state::addUnlearned);
        return;
      }
      RuleDay judged = state.day(next);
      if (judged != null && !judged.facts().isEmpty()) {
        if (judgeAgain(subject, state, judged)) {
          state.soilLesson(next);
          settle(subject, state, judged);
        }
      }
    }
  }

  /** Judges a day by all of its facts, once it is known what others teach. */
  private boolean judgeAgain(SubjectState subject, RuleState state, RuleDay day) {
    Collecting verdicts = verdicts(subject, state, day, null, null, null);
    day.toBeJudgedWhole(verdicts == null);
    if (verdicts == null) {
      return false;
    }
    day.forgetFired();
    fire(day, verdicts);
    day.judgedWhole();
    return true;
  }

  private Map<String, Integer> lessonsOf(SubjectState subject, RuleState state, int day) {
    RuleDay known = state.day(day);
    if (known == null || known.facts().isEmpty()) {
      boolean isEvicted = day < dayOf(lowAt) - state.rule().info().daysKept();
      return isEvicted ? state.lessons().getOrDefault(day, Map.of()) : Map.of();
    }
    boolean lost = hasLostInReach(state, known);
    boolean judgedForIt = !lost && !known.isJudged();
    if (judgedForIt) {
      Collecting verdicts = verdicts(subject, state, known, null, null, null);
      if (verdicts == null) {
        return state.lessons().getOrDefault(day, Map.of());
      }
      fire(known, verdicts);
    }
    Map<String, Integer> traits = new HashMap<>(4);
    try {
      state.rule().rule().learn(new ClosedDay(subject.subject(), state, known, lost), traits::put);
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      failed(state.rule().info().id(), "learn", e);
      return state.lessons().getOrDefault(day, Map.of());
    } finally {
      if (judgedForIt) {
        known.forgetJudgement();
        forgetGone(state, known);
      }
    }
    return traits;
  }

  /** Day as it teaches. */
  private record ClosedDay(Subject subject, RuleState state, RuleDay of, boolean lost)
      implements Day {
    @Override
    public int day() {
      return of.day();
    }

    @Override
    public Settings settings() {
      return state.rule().settings();
    }

    @Override
    public List<Fact> facts() {
      return new ArrayList<>(of.facts());
    }

    @Override
    public List<Day.Standing> findings() {
      List<Day.Standing> findings = new ArrayList<>();
      if (lost) {
        of.standing().values().forEach(one -> findings.add(one.forRules()));
        return findings;
      }
      RuleInfo info = state.rule().info();
      RuleInfo.Collapse collapse = info.collapse();
      boolean collapsed = collapse != null && of.firing() > collapse.most();
      for (DayFinding finding : of.findings().values()) {
        Severity severity = finding.severity();
        if (severity != null) {
          findings.add(
              new Day.Standing(finding.parts(), finding.reason(info), severity, collapsed));
        }
      }
      return findings;
    }

    @Override
    public boolean overflows() {
      return lost || of.hasMoreFindings();
    }

    @Override
    public boolean hasMoreFindings() {
      return of.hasMoreFindings();
    }
  }
}
