package dev.lockstep.app.suggest;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Effect of rows of a networks file on the findings of a capture.
 *
 * @param findings number of findings without the rows
 * @param suppressed findings that disappear with the rows
 * @param lowered findings whose severity falls with the rows
 * @param raised number of findings that are new with the rows or have a higher severity
 * @param covered findings that cover a suppressed or lowered High finding, by the id of the covered
 *     finding; the covering finding is of the same principal, is High with the rows, and shows all
 *     events of the covered finding that the rows do not explain
 */
public record RowEffect(
    int findings,
    List<Detection> suppressed,
    List<Lowered> lowered,
    int raised,
    Map<String, Detection> covered) {
  /** Largest number of events that a finding shows. A finding that shows so many may have more. */
  private static final int MOST_EVENTS = 20;

  private static final Comparator<Detection> BY_RULE =
      Comparator.comparing(Detection::getRule)
          .thenComparing(Detection::getSeverity, Comparator.reverseOrder());

  /**
   * Finding whose severity is lowered by rows of a networks file, with that lower severity.
   *
   * @param finding finding as it is without the rows
   */
  public record Lowered(Detection finding, Severity to) {}

  /**
   * Compares the findings of a capture without and with some rows of a networks file, and returns
   * the effect of these rows.
   *
   * @param accounted predicate that is true for an event that the rows explain; a finding that
   *     covers another one need not show such events
   */
  static RowEffect between(
      List<Detection> without, List<Detection> with, Predicate<Evidence> accounted) {
    Map<String, Severity> after = new HashMap<>();
    with.forEach(finding -> after.put(finding.getId(), finding.getSeverity()));
    List<Detection> suppressed = new ArrayList<>();
    List<Lowered> lowered = new ArrayList<>();
    int raised = 0;
    for (Detection finding : without) {
      Severity to = after.remove(finding.getId());
      if (to == null) {
        suppressed.add(finding);
      } else if (to.compareTo(finding.getSeverity()) < 0) {
        lowered.add(new Lowered(finding, to));
      } else if (to.compareTo(finding.getSeverity()) > 0) {
        raised++;
      }
    }
    Map<String, Detection> covered = new HashMap<>();
    for (Detection finding : high(suppressed, lowered)) {
      with.stream()
          .filter(other -> isHigh(other) && covers(other, finding, accounted))
          .findFirst()
          .ifPresent(other -> covered.put(finding.getId(), other));
    }
    return new RowEffect(without.size(), suppressed, lowered, raised + after.size(), covered);
  }

  private static boolean covers(Detection other, Detection finding, Predicate<Evidence> accounted) {
    if (finding.getPrincipal() == null
        || other.getPrincipal() == null
        || !finding.getPrincipal().getId().equals(other.getPrincipal().getId())
        || finding.getEvidence().size() >= MOST_EVENTS) {
      return false;
    }
    Set<String> shown = new HashSet<>();
    other.getEvidence().forEach(event -> shown.add(event.getEventId()));
    List<String> needed =
        finding.getEvidence().stream()
            .filter(accounted.negate())
            .map(Evidence::getEventId)
            .toList();
    return !needed.isEmpty() && shown.containsAll(needed);
  }

  private static List<Detection> high(List<Detection> suppressed, List<Lowered> lowered) {
    return Stream.concat(suppressed.stream(), lowered.stream().map(Lowered::finding))
        .filter(RowEffect::isHigh)
        .toList();
  }

  /**
   * Returns the suppressed or lowered High findings whose events no other High finding still shows.
   * Rows of the networks file suppress or lower them. {@link #coveredHigh} returns those whose
   * events another High finding of the same principal shows.
   */
  public List<Detection> lostHigh() {
    return high(suppressed, lowered).stream()
        .filter(finding -> !covered.containsKey(finding.getId()))
        .toList();
  }

  /**
   * Returns High findings that are suppressed or lowered, but whose events are still in another
   * High finding. Rows of the networks file suppress or lower them. The other finding is about the
   * same principal, and is High with these rows. It need not show the events that the rows explain.
   */
  public List<Detection> coveredHigh() {
    return high(suppressed, lowered).stream()
        .filter(finding -> covered.containsKey(finding.getId()))
        .toList();
  }

  private static boolean isHigh(Detection finding) {
    return finding.getSeverity() == Severity.High;
  }

  /**
   * Returns the suppressed findings in groups, each named by rule and severity, such as {@code
   * token-replay High}. Within a rule the highest severity comes first.
   */
  public Map<String, List<Detection>> suppressedAlike() {
    Map<String, List<Detection>> alike = new LinkedHashMap<>();
    suppressed.stream()
        .sorted(BY_RULE)
        .forEach(
            finding ->
                alike.computeIfAbsent(kind(finding), none -> new ArrayList<>()).add(finding));
    return alike;
  }

  /**
   * Returns the lowered findings in groups, each named by rule and severities, such as {@code
   * token-replay High to Medium}. Within a rule the highest severity comes first.
   */
  public Map<String, List<Detection>> loweredAlike() {
    Map<String, List<Detection>> alike = new LinkedHashMap<>();
    lowered.stream()
        .sorted(Comparator.comparing(Lowered::finding, BY_RULE))
        .forEach(
            each ->
                alike
                    .computeIfAbsent(
                        kind(each.finding()) + " to " + each.to(), none -> new ArrayList<>())
                    .add(each.finding()));
    return alike;
  }

  private static String kind(Detection finding) {
    return finding.getRule() + " " + finding.getSeverity();
  }
}
