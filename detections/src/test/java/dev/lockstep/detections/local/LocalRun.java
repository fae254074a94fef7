package dev.lockstep.detections.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.Known;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Two drivers that are given the same: one keeps its subjects as live objects, and one goes through
 * its records after every activity. Both find the same.
 */
public final class LocalRun {
  private final DetectionCounters counters = new DetectionCounters();
  private final List<Detection> revisions = new ArrayList<>();
  private final LocalDriver live;
  private final LocalDriver reopened;

  /** Creates a run of all rules. */
  public LocalRun() {
    this(RuleNumbers.atOnce());
  }

  public LocalRun(RuleNumbers numbers) {
    this(numbers, Known.WORLD);
  }

  public LocalRun(RuleNumbers numbers, Enrichment enrichment) {
    this.live = driver(numbers, enrichment, counters);
    this.reopened = driver(numbers, enrichment, new DetectionCounters());
    live.onRevision((revision, at) -> revisions.add(Detection.newBuilder(revision).build()));
  }

  private static LocalDriver driver(
      RuleNumbers numbers, Enrichment enrichment, DetectionCounters counters) {
    return new LocalDriver(numbers.ruleSet(), JoinableLogs.ALL, enrichment, counters, 1, false);
  }

  /** Enters activities, each by itself. */
  public LocalRun see(ActivityBuilder... activities) {
    for (ActivityBuilder each : activities) {
      see(each.build());
    }
    return this;
  }

  /** Enters one activity. */
  public void see(Activity activity) {
    byte[] bytes = ActivityBuilder.bytes(activity);
    live.enter(bytes);
    live.live(1);
    reopened.enter(bytes);
    reopened.reopen();
  }

  /** Lets the watermark go on. */
  public LocalRun watermark(String time) {
    long at = Instant.parse(time).toEpochMilli();
    live.watermark(at);
    reopened.watermark(at);
    return this;
  }

  /** Returns the findings that are not retracted, once all that waits has waited. */
  public List<Detection> active() {
    List<Detection> standing = live.detections();
    assertThat(unnumbered(reopened.detections())).isEqualTo(unnumbered(standing));
    return standing;
  }

  /** Returns findings without how often each was given out: a restart may give one out again. */
  private static List<Detection> unnumbered(List<Detection> findings) {
    List<Detection> unnumbered = new ArrayList<>();
    for (Detection finding : findings) {
      unnumbered.add(Detection.newBuilder(finding).setRevision(0).build());
    }
    return unnumbered;
  }

  /** Returns those of one rule. */
  public List<Detection> active(String rule) {
    return active().stream().filter(finding -> finding.getRule().equals(rule)).toList();
  }

  /** Returns the one finding. */
  public Detection only() {
    List<Detection> standing = active();
    assertThat(standing).extracting(Detection::getTitle).hasSize(1);
    return standing.get(0);
  }

  public boolean hasNoFinding() {
    return active().isEmpty();
  }

  /** Returns every revision so far, in order. */
  public List<Detection> revisions() {
    active();
    return List.copyOf(revisions);
  }

  public DetectionCounters counters() {
    return counters;
  }

  /** Returns how often a gate suppressed something. */
  public long gate(String rule, String gate) {
    return counters.gates().getOrDefault(rule, Map.of()).getOrDefault(gate, 0L);
  }

  /** Returns how often something was counted for a rule's coverage. */
  public long sees(String rule, String what) {
    return counters.coverage().getOrDefault(rule, Map.of()).getOrDefault(what, 0L);
  }

  /** What of a finding must not depend on the order of arrival. */
  public record Verdict(String rule, String reason, Severity severity, int count) {}

  /** Returns what was found, by id. */
  public Map<String, Verdict> verdicts() {
    Map<String, Verdict> verdicts = new TreeMap<>();
    for (Detection each : active()) {
      verdicts.put(
          each.getId(),
          new Verdict(each.getRule(), each.getReason(), each.getSeverity(), each.getCount()));
    }
    return verdicts;
  }
}
