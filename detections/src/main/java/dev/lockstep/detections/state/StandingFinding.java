package dev.lockstep.detections.state;

import dev.lockstep.rules.Day;
import dev.lockstep.schemas.Severity;
import java.util.List;

/**
 * Finding of a day as it was last given out.
 *
 * @param parts texts that name it beside rule, subject and day
 * @param collapsed if it replaces too many findings of its day
 */
public record StandingFinding(
    List<String> parts,
    String reason,
    Severity severity,
    int count,
    long startAt,
    long endAt,
    boolean collapsed) {

  public Day.Standing forRules() {
    return new Day.Standing(parts, reason, severity, collapsed);
  }

  /** Returns whether later days learn the same from this finding as from the other. */
  public boolean teachesLike(StandingFinding other) {
    return parts.equals(other.parts) && reason.equals(other.reason) && severity == other.severity;
  }
}
