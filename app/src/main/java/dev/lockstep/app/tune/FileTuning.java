package dev.lockstep.app.tune;

import dev.lockstep.app.accept.Acceptance;
import dev.lockstep.app.accept.DetectionSummaries;
import dev.lockstep.app.accept.DetectionSummary;
import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.detection.DetectionFile;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.sigma.SigmaSetRule;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tuner that proposes filters or exceptions for a rule from a file of detections alone, without
 * captured logs to replay. It reads the events that the detections show. A detection shows at most
 * 20 events.
 */
final class FileTuning {
  private final String rule;
  private final DetectionSummaries summaries;
  private final TuningFindings findings;
  private final Exceptions exceptions;
  private final String owner;
  private final long expiresAt;

  /**
   * @param firesByPairs whether each finding of the rule needs at least two events
   * @param exceptions configured exceptions
   * @param from file with complete detections and their classifications
   * @throws OperatorException if a line of the file is not a complete detection
   */
  FileTuning(
      String rule,
      boolean firesByPairs,
      String from,
      ClosedFindingsFile closed,
      Exceptions exceptions,
      String owner,
      long expiresAt) {
    this.rule = rule;
    this.exceptions = exceptions;
    this.owner = owner;
    this.expiresAt = expiresAt;
    try {
      this.summaries = DetectionSummaries.ofFile(from, any -> firesByPairs);
      Map<String, ComparedDetection> last = new TreeMap<>();
      new DetectionFile(from)
          .forEach(false, one -> last.merge(one.id(), one, ComparedDetection::later));
      last.values().removeIf(ComparedDetection::isWithdrawn);
      this.findings = new TuningFindings(rule, last, closed);
    } catch (OperatorException e) {
      throw new OperatorException(
              "could not tune the rule %s with only the file %s: not every line of the file is a complete detection; give as PATH the captured logs in which the findings were found"
                  .formatted(Quoted.of(rule), Quoted.of(from)),
              e)
          .with(List.of(String.valueOf(e.getMessage())));
    }
  }

  Tuning filters(SigmaSetRule set) {
    Map<String, FilterField> fields = new HashMap<>();
    String source = set.singles().get(0).document().source().toString();
    FilterWriter text = new FilterWriter(rule, set);
    text.fields(source).forEach(each -> fields.put(each.name(), each));
    List<FilterSearch.Shown> shown = new ArrayList<>();
    for (String id : findings.ids()) {
      DetectionSummary summary = summaries.byId().get(id);
      if (summary != null) {
        List<Map<FilterField, List<String>>> events = new ArrayList<>();
        summary.sigmaFields().forEach(each -> events.add(values(each, fields)));
        shown.add(new FilterSearch.Shown(id, findings.closing(id), events));
      }
    }
    FilterSearch search = new FilterSearch(shown);
    Proposals proposals = new Proposals(findings);
    for (FilterSearch.Filter filter : search.filters()) {
      Set<String> removed = new TreeSet<>();
      shown.stream().filter(filter::removes).forEach(one -> removed.add(one.id()));
      proposals.add(filter.words(), text.of(source, filter).lines().toList(), removed, null);
    }
    proposals.refuse(search.refused());
    return proposals.tuning(rule, 0);
  }

  private static Map<FilterField, List<String>> values(
      Map<String, String> event, Map<String, FilterField> fields) {
    Map<FilterField, List<String>> values = new LinkedHashMap<>();
    event.forEach(
        (name, value) -> {
          FilterField field = fields.get(name);
          if (field != null) {
            values.put(field, List.of(value));
          }
        });
    return values;
  }

  Tuning exceptions() {
    Map<String, ExceptionEntry> entries = new LinkedHashMap<>();
    for (String id : findings.ids()) {
      DetectionSummary summary = summaries.byId().get(id);
      ExceptionEntry entry = summary == null || !findings.isFalse(id) ? null : entry(summary);
      if (entry != null) {
        entries.putIfAbsent(entry.id(), entry);
      }
    }
    Proposals proposals = new Proposals(findings);
    for (ExceptionEntry entry : entries.values()) {
      Set<String> removed = new TreeSet<>();
      for (String id : findings.ids()) {
        DetectionSummary summary = summaries.byId().get(id);
        if (summary != null && summary.isCoveredBy(entry) && !summary.corroborated()) {
          removed.add(id);
        }
      }
      proposals.add(
          ExceptionTuning.words(entry), Exceptions.lines(entry), removed, exceptions.ofSame(entry));
    }
    return proposals.tuning(rule, 0);
  }

  private @Nullable ExceptionEntry entry(DetectionSummary summary) {
    return ExceptionTuning.entry(
        new Acceptance(summary, summaries.all()), exceptions, owner, expiresAt);
  }
}
