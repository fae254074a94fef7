package dev.lockstep.app.tune;

import dev.lockstep.app.accept.Acceptance;
import dev.lockstep.app.replay.SortedCapture;
import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.sigma.SigmaSetRule;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Tuner that proposes filters or exceptions against the false findings of one rule. False findings
 * are those that analysts closed as false. Filters are for a Sigma rule, exceptions for any other
 * rule.
 */
public final class RuleTuner {
  private final ConfiguredRule rule;
  private final ConfiguredRules rules;
  private final Enrichment enrichment;
  private final Limits limits;
  private final ClosedFindingsFile closed;
  private final String from;
  private final String owner;
  private final long expiresAt;

  /**
   * Creates a tuner of one rule, and reads from a file the classifications of the findings that
   * analysts closed.
   *
   * @param rules all rules; candidates are left out unless the rule is one
   * @param from file of findings with classifications
   * @param owner person who is responsible for exceptions
   * @param now milliseconds since 1970; exceptions end with the 90th day after it, in UTC
   */
  public RuleTuner(
      ConfiguredRule rule,
      ConfiguredRules rules,
      Enrichment enrichment,
      Limits limits,
      String from,
      String owner,
      long now) {
    this.rule = rule;
    this.rules = rule.candidate().isEmpty() ? rules.withoutCandidates() : rules;
    this.enrichment = enrichment;
    this.limits = limits;
    this.from = from;
    this.owner = owner;
    this.expiresAt = Acceptance.usualEnd(now);
    this.closed = ClosedFindingsFile.read(from, rule.id());
    boolean hasFalse =
        closed.byId().entrySet().stream()
            .anyMatch(
                each -> each.getValue().isFalse() && !closed.ofOthers().contains(each.getKey()));
    if (!hasFalse) {
      throw new OperatorException(
          "could not tune the rule %s: %s has no finding of this rule with the classification FalsePositive or BenignPositive; add the field \"classification\" to the findings of that file, or name another file"
              .formatted(Quoted.of(rule.id()), Quoted.of(from)));
    }
  }

  /**
   * Proposes filters or exceptions against the false findings of the rule. It replays captured
   * logs; without any, it uses only the file of findings.
   *
   * @param paths files and folders of captured logs
   */
  public TuningReport run(List<String> paths, InputStream in, Progress progress)
      throws IOException {
    if (paths.isEmpty()) {
      FileTuning tuning =
          new FileTuning(
              rule.id(),
              rule.info().firesByPairs(),
              from,
              closed,
              enrichment.exceptions(),
              owner,
              expiresAt);
      return rule.entry().rule() instanceof SigmaSetRule set
          ? new TuningReport(tuning.filters(set), from, null, true)
          : new TuningReport(tuning.exceptions(), from, null, false);
    }
    if (rule.entry().rule() instanceof SigmaSetRule set) {
      FilterTuning tuning = new FilterTuning(rule, set, rules, enrichment, closed);
      try (SortedCapture capture = capture(tuning.plan())) {
        capture.read(paths, in, progress);
        return report(tuning.run(capture, progress), capture, true);
      }
    }
    refuseIfItFindsNothing();
    try (SortedCapture capture = capture(rules.rawFields())) {
      capture.read(paths, in, progress);
      ExceptionTuning tuning =
          new ExceptionTuning(
              rule.id(),
              rule.info().firesByPairs(),
              RuleSets.of(rules),
              enrichment,
              closed,
              owner,
              expiresAt);
      return report(tuning.run(capture, progress), capture, false);
    }
  }

  private void refuseIfItFindsNothing() {
    RuleStatus status = RuleStatus.all(List.of(rule), enrichment).get(0);
    if (status.runs() == RuleStatus.Runs.OFF) {
      throw new OperatorException(
          "could not tune the rule %s: it is off, because its key \"enabled\" is false in %s, so a replay has no finding of it; set \"enabled: true\" for the rule"
              .formatted(Quoted.of(rule.id()), rule.enabledAt()));
    }
    if (status.runs() == RuleStatus.Runs.ASLEEP) {
      throw new OperatorException(
          "could not tune the rule %s: it is %s, so a replay has no finding of it; add what is missing to the configuration"
              .formatted(Quoted.of(rule.id()), status.text()));
    }
  }

  private SortedCapture capture(RawFieldPlan raw) {
    return new SortedCapture(limits, raw, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private TuningReport report(Tuning tuning, SortedCapture capture, boolean isSigma) {
    return new TuningReport(tuning, from, capture.counts(), isSigma);
  }
}
