package dev.lockstep.detections.engine;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Engine of all subjects in this process, one event at a time: for tests of rules. */
public final class LocalEngine {
  private final Enrichment enrichment;
  private final Observation observation;
  private final Engine engine;
  private final ArrayDeque<Visit> visits = new ArrayDeque<>();
  private final Map<String, Contribution> findings = new HashMap<>();
  private final Map<String, Integer> suppressed = new HashMap<>();
  private final List<String> failures = new ArrayList<>();

  /**
   * Creates an engine.
   *
   * @param mostOpen how many subjects are kept as live objects; the others go through their records
   */
  public LocalEngine(
      List<ActiveRule> rules, Enrichment enrichment, StateRecords records, int mostOpen) {
    this.enrichment = enrichment;
    Counting counting = new Counting();
    this.observation = new Observation(rules, counting);
    this.engine =
        new Engine(
            rules,
            enrichment,
            records,
            counting,
            new Output() {
              @Override
              public void visit(Visit visit) {
                visits.add(visit);
              }

              @Override
              public void contribution(Contribution contribution, long arrivalAt) {
                Detection detection = Objects.requireNonNull(contribution.getDetection());
                findings.put(detection.getId(), contribution);
              }
            },
            mostOpen);
  }

  /** Counters of rules and failures. */
  private final class Counting implements Observation.Counts, Engine.Counts {
    @Override
    public void suppressed(String rule, String gate) {
      suppressed.merge(rule + "/" + gate, 1, Integer::sum);
    }

    @Override
    public void counted(String rule, String name) {}

    @Override
    public void failed(String rule, String what, Throwable failure) {
      failures.add(rule + " " + what + ": " + failure);
      throw new IllegalStateException("rule " + rule + " failed: " + what, failure);
    }
  }

  /** Works an activity in, of whose claims nothing more is waited for. */
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

  /** Works an event in. */
  public void enter(Event event) {
    observation.observe(event, visits::add);
    work();
  }

  /** Retracts what an event meant. */
  public void retract(Event event) {
    observation.retract(event, visits::add);
    work();
  }

  private void work() {
    for (Visit visit = visits.poll(); visit != null; visit = visits.poll()) {
      engine.visit(visit);
    }
  }

  /** Sets how many verdicts of a day are kept in memory; of more, they are worked out again. */
  public void mostVerdicts(int most) {
    engine.mostVerdicts(most);
  }

  /** Writes all state to its records. */
  public void write() {
    engine.flushMost();
    engine.write();
  }

  /** Returns the findings that are not retracted, by end time and id. */
  public List<Detection> findings() {
    engine.flush();
    List<Detection> standing = new ArrayList<>();
    for (Contribution contribution : findings.values()) {
      Detection detection = Objects.requireNonNull(contribution.getDetection());
      if (!detection.getReason().equals(FindingTeller.WITHDRAWN)) {
        standing.add(detection);
      }
    }
    standing.sort(Comparator.comparingLong(Detection::getEndTime).thenComparing(Detection::getId));
    return standing;
  }

  /** Returns how often gates suppressed something, by {@code rule/gate}. */
  public Map<String, Integer> suppressed() {
    return suppressed;
  }

  /** Returns the failures of rules. */
  public List<String> failures() {
    return failures;
  }
}
