package dev.lockstep.detections;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the rules counted: per rule the gates that kept something quiet and what the rule could see,
 * and the counters that belong to no rule. For people and for metrics; no verdict reads it.
 */
public final class Tally {
  private final Map<String, Map<String, LongAdder>> gates = new ConcurrentHashMap<>();
  private final Map<String, Map<String, LongAdder>> coverage = new ConcurrentHashMap<>();
  private final Map<String, Map<String, LongAdder>> findings = new ConcurrentHashMap<>();
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

  void took(String rule, long millis) {
    latency.took(rule, millis);
  }

  void gate(String rule, String gate) {
    add(gates, rule, gate);
  }

  void sees(String rule, String what) {
    add(coverage, rule, what);
  }

  void late() {
    late.increment();
  }

  void repeated() {
    repeated.increment();
  }

  void finding(String rule, String severity) {
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

  /** Returns what each exception did, by its id; those that did nothing are not there. */
  public Map<String, Excepted> exceptions() {
    return exceptions.read();
  }

  /** Returns what an exception did. */
  public Excepted exception(String id) {
    return exceptions.read(id);
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
