package dev.lockstep.detections;

import dev.lockstep.detections.finding.FindingCounter;
import dev.lockstep.detections.join.Joins;
import dev.lockstep.detections.message.EventCopies;
import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.OngoingCall;
import dev.lockstep.detections.message.RuleCounts;
import dev.lockstep.detections.message.RuleFailure;
import dev.lockstep.detections.message.RuleWatch;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.RecordGeo;
import java.lang.ref.WeakReference;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counters of rules: suppressions, findings, failures, and events that a rule could or could not
 * use. Some counters belong to no rule, such as the number of late events. The class also logs
 * failures of rules, slow judgements, and rules that do not return. The metrics that show them are
 * named in {@code Meters} of the module {@code app}.
 *
 * <p>All of them serve people and metrics; no verdict depends on a counter. Safe for use by many
 * threads.
 */
public final class DetectionCounters implements RuleCounts, FindingCounter {
  private static final Logger LOG = LoggerFactory.getLogger(DetectionCounters.class);
  private static final long LOG_EVERY = 1000;
  private static final String SLOW = "slowJudgements";
  private static final String JOINS = "joins";
  private static final String NETWORKS = "networks";
  private static final long LATE_MILLIS = 23 * 3_600_000L;
  private static final long RECORD_LATE_MILLIS = 72 * 3_600_000L; // of alerts and risks

  private static final int ENDLESS_SECONDS = 30;

  /** Id under which a failure to compare an event with all Sigma rules is counted. */
  public static final String SIGMA = "sigma";

  /**
   * Log texts that tell the effect of a rule's failure, by the name of the work at which the rule
   * failed. An example of such a name is {@code judge}.
   */
  private static final Map<String, String> LOST =
      Map.of(
          "observe", "the facts of the event are lost, so a finding may be missing",
          "judge", "the last result of the subject and day is kept, so a finding may be missing",
          "tell", "the finding is not sent, or stays as it was sent before",
          "aggregate",
              "the event is missing from its fact, or stays in it although it was retracted, so a"
                  + " finding may be missing or wrong");

  /**
   * Log texts for the work at which a rule failed, by the name of the work. An example of such a
   * name is {@code judge}.
   */
  private static final Map<String, String> WORK =
      Map.of(
          "observe", "observe an event",
          "judge", "judge a subject and day",
          "tell", "describe a finding",
          "aggregate", "update a fact by an event",
          "learn", "learn from a day",
          "remember", "name the lessons of earlier days that the rule still needs");

  private final Set<String> anew = ConcurrentHashMap.newKeySet();
  private final Map<String, Map<String, LongAdder>> gates = new ConcurrentHashMap<>();
  private final Map<String, Map<String, LongAdder>> coverage = new ConcurrentHashMap<>();
  private final Map<String, Map<String, LongAdder>> findings = new ConcurrentHashMap<>();
  private final Map<String, Map<String, LongAdder>> failures = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> failed = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> slow = new ConcurrentHashMap<>();
  private final ExceptionCounters exceptions = new ExceptionCounters();
  private final Latency latency;
  private final Queue<WeakReference<OngoingCall>> calls = new ConcurrentLinkedQueue<>();
  private final LongAdder late = new LongAdder();
  private final LongAdder deadLetters = new LongAdder();
  private final LongAdder repeated = new LongAdder();
  private volatile @Nullable String endless;

  /**
   * Receiver of latencies, each the time from an event's arrival to the revision of a finding that
   * the event caused.
   */
  @FunctionalInterface
  public interface Latency {
    /**
     * Records the milliseconds from the arrival of an event to the revision of a rule's finding
     * that the event caused. Any thread may call this method.
     */
    void took(String rule, long millis);
  }

  /** Creates counters that start at zero, without a receiver of latencies. */
  public DetectionCounters() {
    this((rule, millis) -> {});
  }

  /**
   * Creates counters that start at zero, with a receiver of latencies. The receiver gets the time
   * from an event's arrival to each revision of a finding that the event caused.
   */
  public DetectionCounters(Latency latency) {
    this.latency = latency;
  }

  @Override
  public void took(String rule, long millis) {
    latency.took(rule, millis);
  }

  @Override
  public void suppressed(String rule, String gate) {
    add(gates, rule, gate);
  }

  @Override
  public void counted(String rule, String name) {
    add(coverage, rule, name);
  }

  /** Adds one to a counter of the joins, given by its name. */
  public void counted(String ofJoins) {
    if (ofJoins.equals(Joins.ADDRESS_FROM_EDGE)) {
      counted(NETWORKS, ofJoins);
    } else {
      suppressed(JOINS, ofJoins);
    }
  }

  @Override
  public void finding(String rule, String severity) {
    add(findings, rule, severity);
  }

  @Override
  public void countCorroborated(String alertRule) {
    counted(alertRule, "escalated");
  }

  /**
   * Remembers an event, and returns whether it is new, an equal copy, or a copy that differs from
   * the first one. The event is counted if it is a copy or arrived too late for correct verdicts. A
   * copy gets the first copy's event time, unless it is a record of an alert, or of the risk state
   * of a user or workload. A watermark or an identity link is no event: it is new, and is neither
   * counted nor remembered.
   *
   * @param identity hash of the event's identity
   * @param content hash of the event's content
   */
  public EventCopies.Relation relate(
      Activity activity, EventCopies copies, long identity, int content) {
    ActivityKind kind = activity.getKind();
    if (!EventObserver.isEvent(activity)) {
      return EventCopies.Relation.NEW;
    }
    EventCopies.Relation relation = copies.take(identity, content, activity.getEventAt());
    if (relation != EventCopies.Relation.NEW) {
      if (takesFirstTime(activity)) {
        activity.setEventAt(copies.firstAt());
      }
      repeated.increment();
    } else if (activity.getArrivalAt() - activity.getEventAt()
        > (kind == ActivityKind.ALERT || kind == ActivityKind.RISK
            ? RECORD_LATE_MILLIS
            : LATE_MILLIS)) {
      late.increment();
    }
    return relation;
  }

  /**
   * Returns whether a copy of an event gets the event time of the first copy. A record of an alert
   * keeps its own event time, because each record's time is a time of its alert. A record of the
   * risk state of a user or workload also keeps it. Such a record is no risk event, and may have
   * the id of an earlier record with the same state.
   */
  private static boolean takesFirstTime(Activity activity) {
    return switch (activity.getKind()) {
      case ALERT -> false;
      case RISK -> activity.getCategory().endsWith("RiskEvents");
      default -> true;
    };
  }

  /**
   * Counts an event by what is known about the network and the place of its address. One counter is
   * for all events with a location. Others are for events without autonomous system, country,
   * network class or place, and for events whose place comes from the record. Failed sign-ins and
   * events without an address are not counted.
   */
  public void located(Event event) {
    Location location = event.location();
    if (location == null || (event.isSignIn() && !event.isSuccessfulSignIn())) {
      return;
    }
    RecordGeo record = event.activity().getGeo();
    Network network = location.network();
    Place place = location.place();
    counted(NETWORKS, "observations");
    if (network.asn() == null) {
      counted(NETWORKS, "withoutAsn");
    }
    if (network.country() == null) {
      counted(NETWORKS, "withoutCountry");
    }
    if (network.networkClass() == NetworkClass.UNKNOWN) {
      counted(NETWORKS, "withoutClass");
    }
    if (!place.known()) {
      counted(NETWORKS, "withoutPlace");
    } else if (record != null
        && Objects.equals(record.getLatitude(), place.latitude())
        && Objects.equals(record.getLongitude(), place.longitude())) {
      counted(NETWORKS, "placeFromRecord");
    }
  }

  /**
   * Counts of the findings that an operator's exception holds back, and of the findings that are
   * sent in spite of the exception. A finding is sent in spite of the exception because a Defender
   * alert confirms the finding.
   *
   * @param removed number of findings that the exception holds back; at most 10,000 that may still
   *     change are counted
   * @param outweighed number of findings that go out in spite of the exception; at most 10,000 that
   *     may still change are counted
   * @param everRemoved number of times that the exception began to hold back a counted finding
   * @param everOutweighed number of times that a counted finding began to go out in spite of the
   *     exception
   * @param findings ids of the findings held back, in order, at most 256
   */
  public record Excepted(
      long removed, long outweighed, long everRemoved, long everOutweighed, List<String> findings) {
    /** Counts of an operator's exception that has covered no finding, all of them 0. */
    public static final Excepted NOTHING = new Excepted(0, 0, 0, 0, List.of());

    public Excepted {
      findings = List.copyOf(findings);
    }
  }

  @Override
  public void excepted(String finding, List<String> covering, boolean removed) {
    exceptions.record(finding, covering, removed);
  }

  @Override
  public void evicted(String finding) {
    exceptions.evicted(finding);
  }

  /**
   * Returns, for the id of each operator's exception, how many findings the exception holds back,
   * and how many are sent in spite of it. An exception that has not covered any finding is left
   * out.
   */
  public Map<String, Excepted> exceptions() {
    return exceptions.read();
  }

  /**
   * Returns how many findings an operator's exception holds back, and how many are sent in spite of
   * it.
   */
  public Excepted exception(String id) {
    return exceptions.read(id);
  }

  /** Counts a failure of a rule, and logs the first of this rule and then one in 1,000. */
  @Override
  public void failed(String rule, String what, Throwable failure) {
    add(failures, rule, what);
    long number = failed.computeIfAbsent(rule, key -> new AtomicLong()).incrementAndGet();
    if (number % LOG_EVERY == 1) {
      boolean isPass = rule.equals(SIGMA);
      LOG.error(
          "{} failed to {}. The effect: {}. Other rules continue. {}. This is failure {} of this {}"
              + " since the start; only the first and then one in 1,000 is logged.",
          isPass ? "the pass over all Sigma rules" : "rule " + rule,
          WORK.getOrDefault(what, what),
          LOST.getOrDefault(what, "what the rule learned earlier stays as it is"),
          isPass
              ? "Report the failure"
              : "Correct the rule, or report the failure if the rule is one of Lockstep's",
          number,
          isPass ? "pass" : "rule",
          RuleFailure.printable(failure));
    }
  }

  /** Counts a slow judgement of a rule, and logs the first of this rule and then one in 1,000. */
  @Override
  public void slow(String rule, long millis) {
    counted(rule, SLOW);
    long number = slow.computeIfAbsent(rule, key -> new AtomicLong()).incrementAndGet();
    if (number % LOG_EVERY == 1) {
      LOG.warn(
          "rule {} took {} ms, without garbage collections, to judge one subject and day (slow"
              + " judgement {} of this rule); its verdicts count all the same; only the first and"
              + " then one in 1,000 is logged",
          rule,
          millis,
          number);
    }
  }

  /**
   * Logs, once for each rule, that it starts without its stored state, because the state was
   * written with another layout of the rule's facts.
   */
  public void startedAnew(RuleInfo rule) {
    if (anew.add(rule.id())) {
      LOG.warn(
          "rule {} starts without its stored state, because its kinds of facts or their fields have"
              + " changed, although its version is still {}. The earlier state is no longer read,"
              + " and is deleted when it is old enough. Findings that were sent stay. Raise the"
              + " version with each such change, and run the same jar on every instance.",
          rule.id(),
          rule.version());
    }
  }

  @Override
  public void calls(OngoingCall call) {
    calls.add(new WeakReference<>(call));
  }

  /**
   * Checks the running calls of rules, and logs each rule that has not returned for half a minute.
   * One thread has to call this every {@link RuleWatch#SECONDS} seconds.
   */
  public synchronized void look() {
    String found = null;
    for (Iterator<WeakReference<OngoingCall>> all = calls.iterator(); all.hasNext(); ) {
      OngoingCall call = all.next().get();
      if (call == null) {
        all.remove(); // its engine is gone
        continue;
      }
      int seconds = call.look() * RuleWatch.SECONDS;
      if (seconds >= ENDLESS_SECONDS) {
        found =
            "rule %s has not returned for %d s from %s"
                .formatted(call.rule(), seconds, call.place());
        if (seconds == ENDLESS_SECONDS) {
          LOG.warn(
              "{}; until the rule returns, the events that wait for it are not processed; if this goes"
                  + " on, stop this process, then correct the rule, or set enabled: false for the"
                  + " rule",
              found);
        }
      }
    }
    endless = found;
  }

  /**
   * Returns a text about a rule that has not returned for half a minute, or null if the last check
   * found none. The text says where the rule is.
   */
  public @Nullable String endless() {
    return endless;
  }

  /** Returns the number of failures of each rule, by what the rule was doing. */
  public Map<String, Map<String, Long>> failures() {
    return read(failures);
  }

  public Map<String, Long> ruleFailures() {
    Map<String, Long> numbers = new TreeMap<>();
    failed.forEach((rule, number) -> numbers.put(rule, number.get()));
    return numbers;
  }

  public long ruleFailures(String rule) {
    AtomicLong number = failed.get(rule);
    return number == null ? 0 : number.get();
  }

  /** Returns the number of new findings by rule and initial severity. */
  public Map<String, Map<String, Long>> findings() {
    return read(findings);
  }

  /** Returns the number of new findings of a rule with an initial severity. */
  public long findings(String rule, String severity) {
    return read(findings, rule, severity);
  }

  /**
   * Returns the number of suppressions by rule and gate. The joins have their counters under {@code
   * joins}.
   */
  public Map<String, Map<String, Long>> gates() {
    return read(gates);
  }

  /** Returns the number of suppressions of a rule by a gate. */
  public long gates(String rule, String gate) {
    return read(gates, rule, gate);
  }

  /**
   * Returns the coverage of each rule: numbers of events that it could and could not use. Counts of
   * what is known about the locations of events are under {@code networks}.
   */
  public Map<String, Map<String, Long>> coverage() {
    return read(coverage);
  }

  /**
   * Returns one count of the coverage of a rule.
   *
   * @param what name of the count, such as {@code slowJudgements}
   */
  public long coverage(String rule, String what) {
    return read(coverage, rule, what);
  }

  /**
   * Returns the number of events that arrived so long after they happened that correct verdicts are
   * not promised. Copies do not count.
   */
  public long lateEvents() {
    return late.sum();
  }

  /** Counts a dead letter about bytes of an internal topic or of state that could not be read. */
  public void deadLetter() {
    deadLetters.increment();
  }

  /** Returns the number of dead letters about bytes that could not be read. */
  public long deadLetters() {
    return deadLetters.sum();
  }

  /** Returns the number of processed events that were copies of recent events. */
  public long repeatedEvents() {
    return repeated.sum();
  }

  private static void add(Map<String, Map<String, LongAdder>> counters, String rule, String name) {
    counters
        .computeIfAbsent(rule, key -> new ConcurrentHashMap<>())
        .computeIfAbsent(name, key -> new LongAdder())
        .increment();
  }

  private static long read(Map<String, Map<String, LongAdder>> counters, String rule, String name) {
    LongAdder number = counters.getOrDefault(rule, Map.of()).get(name);
    return number == null ? 0 : number.sum();
  }

  private static Map<String, Map<String, Long>> read(Map<String, Map<String, LongAdder>> counters) {
    Map<String, Map<String, Long>> numbers = new TreeMap<>();
    counters.forEach(
        (rule, byName) -> {
          Map<String, Long> ofRule = new TreeMap<>();
          byName.forEach((name, count) -> ofRule.put(name, count.sum()));
          numbers.put(rule, ofRule);
        });
    return numbers;
  }
}
