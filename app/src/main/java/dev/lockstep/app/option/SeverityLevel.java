package dev.lockstep.app.option;

import dev.lockstep.schemas.Severity;

/**
 * Severity that a person gives as the value of a command-line option.
 *
 * <p>Options do not use the generated {@link Severity}, because that class parses its schema when
 * it is loaded, which would slow down every help text.
 */
public enum SeverityLevel {
  Informational,
  Low,
  Medium,
  High;

  public Severity severity() {
    return Severity.valueOf(name());
  }
}
