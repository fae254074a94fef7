package dev.lockstep.detections.local;

import dev.lockstep.detections.Tally;
import dev.lockstep.detections.engine.Engine;
import dev.lockstep.detections.engine.Observation;
import dev.lockstep.detections.finding.FindingCounts;
import dev.lockstep.detections.join.Joins;
import java.util.List;

/** Counters of joins, rules and findings in one tally. Safe for use by many threads. */
public final class TallyCounts
    implements Observation.Counts, Engine.Counts, FindingCounts, Joins.Counts {
  private static final String JOINS = "joins";

  private final Tally tally;
  private final String alertRule;

  /**
   * Creates counters.
   *
   * @param alertRule id of the rule under which confirmed findings count
   */
  public TallyCounts(Tally tally, String alertRule) {
    this.tally = tally;
    this.alertRule = alertRule;
  }

  @Override
  public void suppressed(String rule, String gate) {
    tally.gate(rule, gate);
  }

  @Override
  public void counted(String rule, String name) {
    tally.sees(rule, name);
  }

  @Override
  public void counted(String name) {
    tally.sees(JOINS, name);
  }

  @Override
  public void failed(String rule, String what, Throwable failure) {
    tally.failed(rule, what, failure);
  }

  @Override
  public void finding(String rule, String severity) {
    tally.finding(rule, severity);
  }

  @Override
  public void confirmed() {
    tally.sees(alertRule, "escalated");
  }

  @Override
  public void took(String rule, long millis) {
    tally.took(rule, millis);
  }

  @Override
  public void excepted(String finding, List<String> exceptions, boolean removed) {
    tally.excepted(finding, exceptions, removed);
  }
}
