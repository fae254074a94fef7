package dev.lockstep.app.tune;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.schemas.Detection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Findings of a tuned rule and of other rules, with the classification of each finding that
 * analysts closed.
 */
final class TuningFindings {
  private final Map<String, ComparedDetection> findings = new TreeMap<>();
  private final Set<String> own = new TreeSet<>();
  private final ClosedFindingsFile closed;
  private final Map<String, Classification> closings;

  TuningFindings(String rule, List<Detection> all, ClosedFindingsFile closed) {
    this(rule, byId(all), closed);
  }

  /**
   * @param all last revision of each finding by id
   */
  TuningFindings(String rule, Map<String, ComparedDetection> all, ClosedFindingsFile closed) {
    findings.putAll(all);
    all.forEach(
        (id, finding) -> {
          if (finding.rule().equals(rule)) {
            own.add(id);
          }
        });
    this.closed = closed;
    this.closings = closed.byId();
  }

  private static Map<String, ComparedDetection> byId(List<Detection> all) {
    Map<String, ComparedDetection> byId = new TreeMap<>();
    all.forEach(each -> byId.put(each.getId(), ComparedDetection.of(each)));
    return byId;
  }

  @Nullable Classification closing(String id) {
    return closings.get(id);
  }

  boolean isFalse(String id) {
    Classification closing = closings.get(id);
    return closing != null && closing.isFalse();
  }

  boolean isTrue(String id) {
    return closings.get(id) == Classification.TRUE_POSITIVE;
  }

  /** Returns the sorted ids of the findings of the tuned rule. */
  Set<String> ids() {
    return own;
  }

  Set<String> all() {
    return findings.keySet();
  }

  List<ComparedDetection> of(Collection<String> ids) {
    List<ComparedDetection> of = new ArrayList<>();
    for (String id : ids) {
      ComparedDetection finding = findings.get(id);
      if (finding != null) {
        of.add(finding);
      }
    }
    return of;
  }

  Tuning tuning(
      String rule,
      List<Tuning.Proposal> proposals,
      List<Tuning.Refused> refused,
      int untried,
      Collection<String> left) {
    return new Tuning(
        rule,
        own.size(),
        of(ids().stream().filter(this::isFalse).toList()),
        ids().stream().filter(this::isTrue).count(),
        closings.keySet().stream()
            .filter(id -> !findings.containsKey(id) && !closed.ofOthers().contains(id))
            .sorted()
            .toList(),
        proposals,
        refused,
        untried,
        of(left));
  }

  Tuning.Proposal proposal(
      String words, List<String> lines, Set<String> removed, @Nullable ExceptionEntry replaced) {
    return new Tuning.Proposal(
        words,
        lines,
        of(removed.stream().filter(id -> isFalse(id) && own.contains(id)).toList()),
        of(removed.stream().filter(id -> !isFalse(id) || !own.contains(id)).toList()),
        replaced);
  }
}
