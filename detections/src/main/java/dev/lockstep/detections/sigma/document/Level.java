package dev.lockstep.detections.sigma.document;

import dev.lockstep.schemas.Severity;
import java.util.Locale;

/** Level of a rule as Sigma names it. */
public enum Level {
  INFORMATIONAL(Severity.Informational),
  LOW(Severity.Low),
  MEDIUM(Severity.Medium),
  HIGH(Severity.High),
  CRITICAL(Severity.High);

  private final Severity severity;

  Level(Severity severity) {
    this.severity = severity;
  }

  /** Returns the severity of findings of a rule of this level. It is High for a critical rule. */
  public Severity severity() {
    return severity;
  }

  /** Returns the word by which a Sigma document names this level, such as {@code high}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
