package dev.lockstep.app.tune;

import dev.lockstep.app.accept.Acceptance;
import dev.lockstep.app.accept.DetectionSummaries;
import dev.lockstep.app.replay.SortedCapture;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.schemas.Detection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tuner that proposes exceptions of the operator for a Java rule, to hold back findings closed as
 * false or benign positives. Each proposal is an entry of the exceptions file, the narrowest that
 * covers one such finding, as {@code accept} would write it. The 12 most frequent entries are tried
 * with the engine.
 */
final class ExceptionTuning {
  private static final int MOST_TRIALS = 12;

  private final String rule;
  private final boolean firesByPairs;
  private final RuleSet rules;
  private final Enrichment enrichment;
  private final ClosedFindingsFile closed;
  private final String owner;
  private final long expiresAt;

  /**
   * @param firesByPairs whether each finding of the rule needs at least two events
   * @param owner person who is responsible for the exceptions
   * @param expiresAt end of the exceptions in milliseconds since 1970
   */
  ExceptionTuning(
      String rule,
      boolean firesByPairs,
      RuleSet rules,
      Enrichment enrichment,
      ClosedFindingsFile closed,
      String owner,
      long expiresAt) {
    this.rule = rule;
    this.firesByPairs = firesByPairs;
    this.rules = rules;
    this.enrichment = enrichment;
    this.closed = closed;
    this.owner = owner;
    this.expiresAt = expiresAt;
  }

  Tuning run(SortedCapture capture, Progress progress) {
    List<Detection> found = capture.replay(rules, enrichment, null, "correlating", progress);
    TuningFindings findings = new TuningFindings(rule, found, closed);
    DetectionSummaries summaries =
        DetectionSummaries.of("what was read", found, any -> firesByPairs);
    Map<String, ExceptionEntry> entries = new LinkedHashMap<>();
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String id : findings.ids()) {
      if (findings.isFalse(id)) {
        ExceptionEntry entry =
            entry(
                new Acceptance(Objects.requireNonNull(summaries.byId().get(id)), summaries.all()),
                enrichment.exceptions(),
                owner,
                expiresAt);
        if (entry != null) {
          entries.putIfAbsent(entry.id(), entry);
          counts.merge(entry.id(), 1, Integer::sum);
        }
      }
    }
    List<ExceptionEntry> ordered = new ArrayList<>(entries.values());
    ordered.sort(Comparator.comparingInt(entry -> -counts.getOrDefault(entry.id(), 0)));
    Proposals proposals = new Proposals(findings);
    int tried = Math.min(MOST_TRIALS, ordered.size());
    for (ExceptionEntry entry : ordered.subList(0, tried)) {
      Set<String> removed = new TreeSet<>(findings.all());
      List<ExceptionEntry> all = new ArrayList<>(enrichment.exceptions().all());
      all.add(entry);
      capture
          .replay(rules, enrichment.with(Exceptions.of(all)), null, "correlating", progress)
          .forEach(each -> removed.remove(each.getId()));
      proposals.add(
          words(entry), Exceptions.lines(entry), removed, enrichment.exceptions().ofSame(entry));
    }
    return proposals.tuning(rule, ordered.size() - tried);
  }

  /**
   * Creates the narrowest exception that covers a detection, or returns null if no exception can.
   * An exception needs a principal, a partner or a network that the detection names.
   *
   * @param known configured exceptions, none of which has the id of the new one
   */
  static @Nullable ExceptionEntry entry(
      Acceptance acceptance, Exceptions known, String owner, long expiresAt) {
    try {
      return known.withUnusedId(
          acceptance.narrowest(
              "Closed as false: " + acceptance.detection().title(), owner, expiresAt));
    } catch (OperatorException e) { // the finding names nothing that an exception can name
      return null;
    }
  }

  static String words(ExceptionEntry entry) {
    List<String> words = new ArrayList<>();
    if (entry.principal() != null) {
      words.add("principal: " + entry.principal());
    }
    if (entry.partner() != null) {
      words.add("partner: " + entry.partner());
    }
    if (entry.network() != null) {
      words.add("network: " + entry.network());
    }
    return String.join(" and ", words);
  }
}
