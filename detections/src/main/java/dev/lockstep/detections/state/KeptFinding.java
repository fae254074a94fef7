package dev.lockstep.detections.state;

import dev.lockstep.rules.Day;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Severity;
import java.util.List;

/**
 * Finding of a day as it was last given out.
 *
 * @param parts texts that, with rule, subject and day, make up the finding's id
 * @param collapsed if this finding was given out in place of too many findings of its day
 */
public record KeptFinding(
    List<String> parts,
    String reason,
    Severity severity,
    int count,
    long startAt,
    long endAt,
    boolean collapsed) {

  public Day.GivenOut forRules() {
    return new Day.GivenOut(parts, reason, severity, collapsed);
  }

  /**
   * Compares a severity and a reason with those of this finding. The result is positive if they
   * raise the finding, by a higher severity, or by an earlier reason at the same severity. It is 0
   * if they are the same.
   *
   * @param rank the reason's index among those of the rule
   */
  public int compareWith(RuleInfo rule, Severity other, int rank) {
    int higher = other.compareTo(severity);
    return higher != 0 ? higher : Integer.compare(rule.rank(reason), rank);
  }

  /**
   * Returns whether this finding and another have the same parts, reason and severity, so that
   * later days learn the same from both.
   */
  public boolean teachesLike(KeptFinding other) {
    return parts.equals(other.parts) && reason.equals(other.reason) && severity == other.severity;
  }
}
