package dev.lockstep.detections;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the rules counted: per rule the gates that kept something quiet and what the rule could see,
 * and the counters that belong to no rule. For people and for metrics; no verdict reads it.
 */
public final class Tally {
  private static final Logger LOG = LoggerFactory.getLogger(Tally.class);
  private static final long LOG_EVERY = 1000;
  private static final String SLOW = "slowJudgements";

  /** Losses by a failure, by what the rule was doing. */
  private static final Map<String, String> LOST =
      Map.of(
          "observe", "its facts of that event are lost",
          "judge", "the subject and day keep their last verdict",
          "tell", "the finding stays as it was");

  private final Map<String, Map<String, LongAdder>> gates = new ConcurrentHashMap<>();
  private final Map<String, Map<String, LongAdder>> coverage = new ConcurrentHashMap<>();
  private final Map<String, Map<String, LongAdder>> findings = new ConcurrentHashMap<>();
  private final Map<String, Map<String, LongAdder>> failures = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> failed = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> slow = new ConcurrentHashMap<>();
  private final ExceptionTally exceptions = new ExceptionTally();
  private final Latency latency;
  private final LongAdder late = new LongAdder();
  private final LongAdder repeated = new LongAdder();

  /** Takes how long a revision took from the arrival of the event that made it. */
  @FunctionalInterface
  public interface Latency {
    /** Takes one; any thread may tell. */
    void took(String rule, long millis);
  }

  /** Creates counts of nothing. */
  public Tally() {
    this((rule, millis) -> {});
  }

  /** Creates counts of nothing that pass latencies on. */
  public Tally(Latency latency) {
    this.latency = latency;
  }

  /** Counts; any thread may. */
  public void took(String rule, long millis) {
    latency.took(rule, millis);
  }

  /** Counts; any thread may. */
  public void gate(String rule, String gate) {
    add(gates, rule, gate);
  }

  /** Counts; any thread may. */
  public void sees(String rule, String what) {
    add(coverage, rule, what);
  }

  /** Counts; any thread may. */
  public void late() {
    late.increment();
  }

  /** Counts; any thread may. */
  public void repeated() {
    repeated.increment();
  }

  /** Counts; any thread may. */
  public void finding(String rule, String severity) {
    add(findings, rule, severity);
  }

  /**
   * What an exception did.
   *
   * @param removed findings that it holds back now, counted up to 10,000
   * @param outweighed findings that go out all the same, counted up to 10,000
   * @param everRemoved how often a finding came to be held back
   * @param everOutweighed how often a finding went out all the same
   * @param findings ids of those that it holds back, in order, at most 256
   */
  public record Excepted(
      long removed, long outweighed, long everRemoved, long everOutweighed, List<String> findings) {
    /** Nothing. */
    public static final Excepted NOTHING = new Excepted(0, 0, 0, 0, List.of());

    /** Copies. */
    public Excepted {
      findings = List.copyOf(findings);
    }
  }

  ExceptionTally excepted() {
    return exceptions;
  }

  /**
   * Notes which exceptions, and no others, cover a finding now.
   *
   * @param removed if they hold it back; else it goes out all the same
   */
  public void excepted(String finding, List<String> covering, boolean removed) {
    exceptions.note(finding, covering, removed);
  }

  /** Returns what each exception did, by its id; those that did nothing are not there. */
  public Map<String, Excepted> exceptions() {
    return exceptions.read();
  }

  /** Returns what an exception did. */
  public Excepted exception(String id) {
    return exceptions.read(id);
  }

  /**
   * Counts a failure of a rule, and names it the first and each thousandth time.
   *
   * @param what the rule was doing
   */
  public void failed(String rule, String what, Throwable failure) {
    add(failures, rule, what);
    long number = failed.computeIfAbsent(rule, key -> new AtomicLong()).incrementAndGet();
    if (number % LOG_EVERY == 1) {
      LOG.error(
          "rule {} failed in {}, failure number {}: {}; other rules go on",
          rule,
          what,
          number,
          LOST.getOrDefault(what, "what it gave before holds"),
          failure);
    }
  }

  /** Counts a slow judgement of a rule, and names it the first and each thousandth time. */
  public void slow(String rule, long millis) {
    sees(rule, SLOW);
    long number = slow.computeIfAbsent(rule, key -> new AtomicLong()).incrementAndGet();
    if (number % LOG_EVERY == 1) {
      LOG.warn(
          "rule {} took {} ms to judge a subject and day, slow judgement number {}; its verdict holds",
          rule,
          millis,
          number);
    }
  }

  /** Returns how often each rule failed, by what it was doing. */
  public Map<String, Map<String, Long>> failures() {
    return read(failures);
  }

  /** Returns how often each rule failed. */
  public Map<String, Long> ruleFailures() {
    Map<String, Long> numbers = new TreeMap<>();
    failed.forEach((rule, number) -> numbers.put(rule, number.get()));
    return numbers;
  }

  /** Returns how many findings were new, by rule and the severity they came with. */
  public Map<String, Map<String, Long>> findings() {
    return read(findings);
  }

  /** Returns how often each gate kept something quiet, by rule and gate. */
  public Map<String, Map<String, Long>> gates() {
    return read(gates);
  }

  /** Returns what each rule could see and what it was blind to, by rule and name. */
  public Map<String, Map<String, Long>> coverage() {
    return read(coverage);
  }

  /** Returns how many events arrived later than the lateness that verdicts are promised for. */
  public long lateEvents() {
    return late.sum();
  }

  /** Returns how many events were recognised as copies within the bounded memory. */
  public long repeatedEvents() {
    return repeated.sum();
  }

  private static void add(Map<String, Map<String, LongAdder>> counters, String rule, String name) {
    counters
        .computeIfAbsent(rule, key -> new ConcurrentHashMap<>())
        .computeIfAbsent(name, key -> new LongAdder())
        .increment();
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
