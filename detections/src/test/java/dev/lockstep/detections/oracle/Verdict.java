package dev.lockstep.detections.oracle;

import dev.lockstep.schemas.Severity;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is promised of a finding, whatever the order of arrival.
 *
 * @param subject what makes it the same finding, beside the rule: in words, with its day
 * @param alerts ids of the alerts that corroborate it
 */
record Verdict(
    String rule, String subject, String reason, Severity severity, int count, Set<String> alerts)
    implements Comparable<Verdict> {
  Verdict(String rule, String subject, String reason, Severity severity, int count) {
    this(rule, subject, reason, severity, count, Set.of());
  }

  private static final Comparator<Verdict> ORDER =
      Comparator.comparing(Verdict::rule)
          .thenComparing(Verdict::subject)
          .thenComparing(Verdict::reason)
          .thenComparing(Verdict::severity)
          .thenComparingInt(Verdict::count)
          .thenComparing(each -> new TreeSet<>(each.alerts()).toString());

  /** Returns the same finding one level up, as alerts corroborate it. */
  Verdict raisedBy(Set<String> corroborating) {
    Severity raised = severity == Severity.Low ? Severity.Medium : Severity.High;
    return new Verdict(rule, subject, reason, raised, count, corroborating);
  }

  /** Returns the same finding with a count that stays at the size a set may have. */
  Verdict countingTo(int most) {
    return new Verdict(rule, subject, reason, severity, Math.min(most, count), alerts);
  }

  /** Returns what makes it the same finding. */
  String key() {
    return rule + " [" + subject + "]";
  }

  @Override
  public int compareTo(Verdict other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return key()
        + " "
        + reason
        + " "
        + severity
        + " x"
        + count
        + (alerts.isEmpty() ? "" : " " + alerts);
  }
}
