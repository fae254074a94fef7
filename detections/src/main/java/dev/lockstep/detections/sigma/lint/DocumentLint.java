package dev.lockstep.detections.sigma.lint;

import dev.lockstep.detections.sigma.SigmaLoader;
import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.FilterDocument;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.detections.sigma.document.Reference;
import dev.lockstep.detections.sigma.document.ReferredDocuments;
import dev.lockstep.detections.sigma.document.RuleDocument;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.detections.sigma.document.SourceLine;
import dev.lockstep.detections.sigma.document.Threshold;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.match.ConditionTruth;
import dev.lockstep.detections.sigma.match.Expression;
import dev.lockstep.detections.sigma.match.IndexUse;
import dev.lockstep.rules.Rule;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Lint that warns of probable mistakes in Sigma rules, filters and correlations that can be loaded.
 */
public final class DocumentLint {
  private final SigmaFields table;
  private final DetectionLint detections;
  private final HeaderLint headers = new HeaderLint();
  private ReferredDocuments referred = new ReferredDocuments(List.of());

  /** Creates a lint that looks up the fields of documents in a table. */
  public DocumentLint(SigmaFields table) {
    this.table = table;
    this.detections = new DetectionLint(table);
  }

  /** Returns each document of a set with its warnings, in the order of the set. */
  public List<LintedDocument> examine(List<SigmaDocument> documents) {
    referred = new ReferredDocuments(documents);
    Set<SigmaDocument> silent = CorrelationDocument.silent(documents);
    return documents.stream().map(each -> examine(each, silent.contains(each))).toList();
  }

  /**
   * Returns a document with its warnings. A document without findings of its own gets no warning
   * about missing tests, because only correlations use its events.
   *
   * @param isSilent if only correlations that refer to the document have findings
   */
  private LintedDocument examine(SigmaDocument document, boolean isSilent) {
    List<Warning> warnings = new ArrayList<>();
    Header header = document.header();
    headers.examine(header, !(document instanceof FilterDocument), warnings);
    if (document instanceof RuleDocument rule) {
      detections.examine(rule.source().service(), rule.detection(), rule.lines(), warnings);
      warnOfSleep(rule, rule.lines().condition(), warnings);
      if (!isSilent) {
        HeaderLint.tests(header, warnings);
      }
      IndexUse cost = IndexUse.of(rule.detection());
      if (cost == IndexUse.NONE) {
        Warning.add(
            warnings,
            rule.lines().condition(),
            Warning.Kind.NO_INDEX,
            "has a condition that the index cannot use, so that the rule is evaluated for each"
                + " event",
            "make the condition require a value, or at least two characters of a value");
      }
      return linted(document, "rule", rule.source().service(), cost.word(), warnings);
    }
    if (document instanceof FilterDocument filter) {
      detections.examine(filter.source().service(), filter.detection(), filter.lines(), warnings);
      warnOfKeptMatches(filter, warnings);
      return linted(document, "filter", filter.source().service(), "", warnings);
    }
    if (document instanceof CorrelationDocument correlation) {
      fields(correlation, warnings);
      warnOfSleep(correlation, correlation.at().condition(), warnings);
      if (!canHold(correlation)) {
        Warning.add(
            warnings,
            correlation.at().threshold(0),
            Warning.Kind.NEVER_HOLDS,
            "has a condition that no window can fulfil",
            correlation.expression() != null
                ? "name a rule without \"not\" before it, so that the window has to hold events of"
                    + " this rule"
                : correlation.type().isTemporal()
                    ? "ask for a number from 1 to %d".formatted(correlation.rules().size())
                    : "write comparisons that all hold for some number of at least 1");
      }
      if (!isSilent) {
        HeaderLint.tests(header, warnings);
      }
    }
    return linted(document, "correlation", "", "", warnings);
  }

  private static LintedDocument linted(
      SigmaDocument document, String kind, String logs, String cost, List<Warning> warnings) {
    warnings.sort(Comparator.comparingLong(warning -> warning.at().line()));
    return new LintedDocument(document, kind, logs, cost, warnings);
  }

  private static boolean canHold(CorrelationDocument correlation) {
    List<Threshold> thresholds = correlation.thresholds();
    Expression expression = correlation.expression();
    if (expression != null) { // a window may have events of a rule that is not named alone
      return expression.names().size() < correlation.rules().size()
          || ConditionTruth.holdsWithOneOf(expression);
    }
    if (thresholds.isEmpty() || correlation.type().isMetric()) {
      return true;
    }
    List<BigDecimal> numbers = new ArrayList<>(List.of(BigDecimal.ONE));
    for (Threshold each : thresholds) {
      numbers.add(each.bound().subtract(BigDecimal.ONE));
      numbers.add(each.bound());
      numbers.add(each.bound().add(BigDecimal.ONE));
    }
    BigDecimal most = BigDecimal.valueOf(correlation.rules().size());
    return numbers.stream()
        .filter(number -> number.compareTo(BigDecimal.ONE) >= 0)
        .filter(number -> !correlation.type().isTemporal() || number.compareTo(most) <= 0)
        .anyMatch(number -> thresholds.stream().allMatch(each -> each.isFulfilledBy(number)));
  }

  private static void warnOfKeptMatches(FilterDocument filter, List<Warning> warnings) {
    boolean hasNegation =
        filter.detection().condition().hasNegation()
            || filter.lines().fields().stream().anyMatch(field -> field.hasModifier("neq"));
    if (!hasNegation) {
      Warning.add(
          warnings,
          filter.lines().condition(),
          Warning.Kind.KEEPS_MATCHES,
          "has a condition without \"not\", so that the filter keeps only the events that match it",
          "write \"not\" before a selection whose events the filter should remove");
    }
  }

  private void fields(CorrelationDocument correlation, List<Warning> warnings) {
    Set<String> asked = new HashSet<>();
    for (Reference reference : correlation.rules()) {
      SigmaDocument target = referred.of(reference);
      if (target == null) {
        continue; // refused where references are looked up
      }
      for (SigmaDocument each : referred.closure(target)) {
        if (each instanceof RuleDocument rule) {
          Stream.concat(correlation.groupBy().stream(), correlation.fields().stream())
              .map(field -> correlation.aliased(field, reference.words(target.header())))
              .filter(field -> asked.add(rule.source().service() + " " + field))
              .forEach(
                  field ->
                      detections.source(
                          rule.source().service(), field, correlation.at().field(field), warnings));
        }
      }
    }
  }

  private void warnOfSleep(SigmaDocument document, SourceLine at, List<Warning> warnings) {
    List<SigmaDocument> needed = List.copyOf(referred.closure(document));
    SigmaLoader alone = new SigmaLoader(table);
    alone.add(document.header().at().file(), "alone", needed, List.of());
    for (Rule loaded : alone.load().set().rules()) {
      List<String> lacks = loaded.info().lacks();
      if (!lacks.isEmpty() && document.header().sha256().equals(loaded.info().sha256())) {
        Warning.add(
            warnings,
            at,
            Warning.Kind.SLEEPS,
            "sleeps, because its condition cannot hold without %s"
                .formatted(String.join(", ", lacks)),
            "use other fields that docs/sigma-fields.md lists");
      }
    }
  }
}
