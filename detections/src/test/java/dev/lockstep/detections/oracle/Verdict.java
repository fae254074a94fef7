package dev.lockstep.detections.oracle;

import dev.lockstep.schemas.Severity;
import java.util.Comparator;

/**
 * What is promised of a finding, whatever the order of arrival.
 *
 * @param subject what makes it the same finding, beside the rule: in words, with its day
 */
record Verdict(String rule, String subject, String reason, Severity severity, int count)
    implements Comparable<Verdict> {
  private static final Comparator<Verdict> ORDER =
      Comparator.comparing(Verdict::rule)
          .thenComparing(Verdict::subject)
          .thenComparing(Verdict::reason)
          .thenComparing(Verdict::severity)
          .thenComparingInt(Verdict::count);

  @Override
  public int compareTo(Verdict other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return rule + " [" + subject + "] " + reason + " " + severity + " x" + count;
  }
}
