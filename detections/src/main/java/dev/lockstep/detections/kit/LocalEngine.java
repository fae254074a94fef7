package dev.lockstep.detections.kit;

import dev.lockstep.detections.alert.AlertMessages;
import dev.lockstep.detections.engine.Engine;
import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.MessageCodec;
import dev.lockstep.detections.message.Output;
import dev.lockstep.detections.message.RuleCounts;
import dev.lockstep.detections.message.Visit;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Engine for tests of rules, with all subjects in this process. It takes one event at a time.
 * Messages are encoded and decoded, as between stages of the topology.
 */
public final class LocalEngine {
  private static final int SWEPT = 10_000;

  private final Enrichment enrichment;
  private final StateRecords records;
  private final AlertSettings alerts;
  private final int mostOpen;
  private final Counting counting = new Counting();
  private EventObserver observer;
  private List<ActiveRule> rules;
  private MessageCodec codec;
  private Engine engine;
  private final ArrayDeque<Message> messages = new ArrayDeque<>();
  private final Map<String, Contribution> findings = new HashMap<>();
  private final Map<String, Set<String>> confirmed = new HashMap<>();
  private final Map<String, Integer> suppressed = new HashMap<>();
  private final Set<String> gates = new TreeSet<>();
  private final Map<String, Integer> counted = new HashMap<>();
  private final List<String> failures = new ArrayList<>();
  private int retracted;

  /**
   * Creates an engine that continues from stored records and compares no Defender alerts with
   * subjects.
   *
   * @param mostOpen number of subjects with few facts that stay in memory, at least 8; the others
   *     are written and read again
   */
  public LocalEngine(
      List<ActiveRule> rules, Enrichment enrichment, StateRecords records, int mostOpen) {
    this(rules, enrichment, records, AlertSettings.NONE, mostOpen);
  }

  /**
   * Creates an engine that continues from stored records and treats Defender's alerts by the given
   * settings.
   *
   * @param mostOpen number of subjects with few facts that stay in memory, at least 8; the others
   *     are written and read again
   */
  public LocalEngine(
      List<ActiveRule> rules,
      Enrichment enrichment,
      StateRecords records,
      AlertSettings alerts,
      int mostOpen) {
    this.rules = rules;
    this.enrichment = enrichment;
    this.records = records;
    this.alerts = alerts;
    this.mostOpen = mostOpen;
    this.observer = new EventObserver(rules, counting);
    this.codec = new MessageCodec(rules);
    this.engine = newEngine();
  }

  private Engine newEngine() {
    return new Engine(rules, enrichment, records, alerts, counting, new Collecting(), mostOpen);
  }

  /**
   * Output that queues messages for this engine. It keeps the last contribution and the confirming
   * alerts of each finding.
   */
  private final class Collecting implements Output {
    @Override
    public void message(Message message) {
      messages.add(message);
    }

    @Override
    public void confirmation(Confirmation confirmation) {
      Set<String> confirming =
          confirmed.computeIfAbsent(confirmation.getFinding(), any -> new TreeSet<>());
      String alert = confirmation.getAlert().getAlert().getId();
      if (confirmation.getStands()) {
        confirming.add(alert);
      } else {
        confirming.remove(alert);
      }
    }

    @Override
    public void contribution(Contribution contribution) {
      Detection detection = Objects.requireNonNull(contribution.getDetection());
      findings.put(detection.getId(), contribution);
      retracted += DetectionStatus.isWithdrawn(detection) ? 1 : 0;
    }
  }

  /**
   * Counts of suppressions and of the rules' own counters, and a list of failures. A failure is
   * also thrown.
   */
  private final class Counting implements RuleCounts {
    @Override
    public void suppressed(String rule, String gate) {
      suppressed.merge(rule + "/" + gate, 1, Integer::sum);
    }

    @Override
    public void suppressed(Subject subject, String rule, String gate) {
      gates.add(gate);
      suppressed(rule, gate);
    }

    @Override
    public void counted(String rule, String name) {
      counted.merge(rule + "/" + name, 1, Integer::sum);
    }

    @Override
    public void failed(String rule, String what, Throwable failure) {
      failures.add(rule + " " + what + ": " + failure);
      throw new IllegalStateException("the rule " + rule + " failed to " + what, failure);
    }
  }

  /** Processes an activity that waits for no identity link, so that its token claims are final. */
  public void enter(Activity activity) {
    enter(
        new Event(
            activity,
            enrichment,
            activity.getToken() == null
                ? Event.Claims.ABSENT
                : activity.getToken().getValidated()
                    ? Event.Claims.VALIDATED
                    : Event.Claims.UNVALIDATED,
            false,
            false));
  }

  /**
   * Lets the rules observe an event, and processes the messages to subjects that result from the
   * event.
   */
  public void enter(Event event) {
    Message record = AlertMessages.record(event.activity());
    Message named = AlertMessages.named(event);
    if (record != null) {
      messages.add(record);
    }
    if (named != null) {
      messages.add(named);
    }
    observer.observe(event, this::add);
    work();
  }

  /** Retracts the facts of an event. */
  public void retract(Event event) {
    observer.retract(event, this::add);
    work();
  }

  private void work() {
    for (Message message = messages.poll(); message != null; message = messages.poll()) {
      engine.take(Objects.requireNonNull(codec.decode(codec.encode(message))));
    }
  }

  private void add(Visit visit) {
    messages.add(new Message.OfVisit(visit));
  }

  /**
   * Advances the watermark to an arrival time, ends each grace that expires by then, and gives out
   * findings that wait. A grace is the time that a rule waits before the absence of an event
   * counts.
   */
  public void advance(long arrivalAt) {
    engine.advance(arrivalAt, arrivalAt);
    work();
    engine.flush();
    work();
  }

  private void judgeLate() {
    while (engine.judgeLate()) {
      work();
    }
  }

  /**
   * Ends each grace that expires by an arrival time. The watermark stays, as if one source were
   * ahead of the others.
   */
  public void advanceGrace(long arrivalAt) {
    engine.advance(0, arrivalAt);
    work();
  }

  /** Evicts all state that is too old to be needed by any further event. */
  public void sweep() {
    boolean more = true;
    while (more) {
      more = engine.sweep(SWEPT);
      work();
    }
  }

  /** Returns the ids of the alerts that confirm a finding. */
  public Set<String> confirmed(String finding) {
    return confirmed.getOrDefault(finding, Set.of());
  }

  /**
   * Sets the number of verdicts of one day above which these verdicts may be dropped from memory.
   * Dropped verdicts are computed again when they are needed.
   */
  public void mostVerdicts(int most) {
    engine.mostVerdicts(most);
  }

  /**
   * Sets the largest number of subjects in memory. It applies to tokens and sessions together and,
   * separately, to subjects of all other kinds together. Subjects with postponed changes of
   * findings may stay although there are more.
   */
  public void mostSubjects(int most) {
    engine.mostSubjects(most);
  }

  /**
   * Postpones the output of changed counts and times of findings until a method such as {@link
   * #findings} is called. Without this, the changes are given out when the state of a finding's
   * subject leaves memory. At most 10,000 subjects whose state has left memory keep postponed
   * changes. The changes of any further subject are given out when its state leaves memory.
   */
  public void postponeUntilFlush() {
    engine.postponeUntilFlush();
  }

  /**
   * Judges waiting days, gives out waiting findings, and writes all state to the stored records of
   * this engine. A day waits if one of its facts changed after the fact's grace was over. A finding
   * waits if nothing but its counts or times changed. It continues to wait after this call if its
   * day has very many verdicts. After {@link #postponeUntilFlush} it also continues to wait if the
   * state of its subject is not in memory.
   */
  public void write() {
    judgeLate();
    engine.flushMost();
    work();
    engine.write();
  }

  /**
   * Writes all state to the stored records of this engine, and drops it from memory. The engine
   * reads it again as needed.
   */
  public void restart() {
    write();
    engine.close();
  }

  /**
   * Writes all state to the stored records of this engine, and continues with a new engine over the
   * same records.
   */
  public void startAnew() {
    restart();
    engine = newEngine();
  }

  /** Replaces the rules that observe and judge from now on. The state remains. */
  public void use(List<ActiveRule> others) {
    engine.close();
    work();
    engine.close();
    engine = engine.judgingBy(others);
    rules = others;
    observer = new EventObserver(others, counting);
    codec = new MessageCodec(others);
  }

  /**
   * Judges waiting days, gives out waiting findings, and returns the findings that are not
   * withdrawn. They are sorted by end time and id. {@link #write} tells why a day or a finding
   * waits.
   */
  public List<Detection> findings() {
    judgeLate();
    engine.flush();
    work();
    List<Detection> active = new ArrayList<>();
    for (Contribution contribution : findings.values()) {
      Detection detection = Objects.requireNonNull(contribution.getDetection());
      if (!DetectionStatus.isWithdrawn(detection)) {
        active.add(detection);
      }
    }
    active.sort(Comparator.comparingLong(Detection::getEndTime).thenComparing(Detection::getId));
    return active;
  }

  /** Returns how often findings were withdrawn. A finding that was withdrawn twice counts twice. */
  public int retracted() {
    return retracted;
  }

  /**
   * Returns how often each gate suppressed a verdict, or kept an event from becoming a fact. The
   * keys of the map have the form {@code rule/gate}.
   */
  public Map<String, Integer> suppressed() {
    return suppressed;
  }

  Set<String> gatesOfVerdicts() {
    return gates;
  }

  /**
   * Returns how many events rules counted for their coverage reports. The keys of the map have the
   * form {@code rule/name}.
   */
  public Map<String, Integer> counted() {
    return counted;
  }

  /** Returns the failures of rules. */
  public List<String> failures() {
    return failures;
  }
}
