package dev.lockstep.app.tune;

import dev.lockstep.enrichment.exception.ExceptionEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Collector of the filters or exceptions that are proposed for a rule. Those that would hide
 * findings closed as true are refused.
 */
final class Proposals {
  private final TuningFindings findings;
  private final List<Tuning.Proposal> proposed = new ArrayList<>();
  private final List<Tuning.Refused> refused = new ArrayList<>();

  /** Ids of the findings that were closed as false and that no proposal removes. */
  private final Set<String> left;

  Proposals(TuningFindings findings) {
    this.findings = findings;
    this.left = new TreeSet<>(findings.ids().stream().filter(findings::isFalse).toList());
  }

  /**
   * Proposes a filter or an exception if it removes at least one finding that was closed as false.
   * One that removes a finding closed as true is refused. A finding cites only its first and last
   * events. Events that it does not cite may keep it from being removed.
   *
   * @param words what it compares
   * @param lines lines of the filter or exception in YAML
   * @param removed ids of the removed findings
   * @param replaced exception about the same findings, or null
   */
  void add(
      String words, List<String> lines, Set<String> removed, @Nullable ExceptionEntry replaced) {
    List<String> hidden = removed.stream().filter(findings::isTrue).toList();
    if (!hidden.isEmpty()) {
      refuse(words, hidden);
    } else if (removed.stream()
        .anyMatch(id -> findings.ids().contains(id) && findings.isFalse(id))) {
      proposed.add(findings.proposal(words, lines, removed, replaced));
      left.removeAll(removed);
    }
  }

  void refuse(Collection<FilterSearch.Refused> filters) {
    filters.forEach(one -> refuse(one.filter().words(), one.hides()));
  }

  private void refuse(String words, List<String> hidden) {
    refused.add(new Tuning.Refused(words, findings.of(hidden)));
  }

  /**
   * Returns the result of the tuning of a rule, with the proposals and refusals so far.
   *
   * @param untried number of filters or exceptions that were found and not tried
   */
  Tuning tuning(String rule, int untried) {
    return findings.tuning(rule, proposed, refused, untried, left);
  }
}
