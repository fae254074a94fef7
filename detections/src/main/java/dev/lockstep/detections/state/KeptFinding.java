package dev.lockstep.detections.state;

import dev.lockstep.rules.Day;
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
   * Returns whether this finding and another have the same parts, reason and severity, so that
   * later days learn the same from both.
   */
  public boolean teachesLike(KeptFinding other) {
    return parts.equals(other.parts) && reason.equals(other.reason) && severity == other.severity;
  }
}
