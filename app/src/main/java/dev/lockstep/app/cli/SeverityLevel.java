package dev.lockstep.app.cli;

import dev.lockstep.schemas.Severity;

/**
 * Severity as a value of an option.
 *
 * <p>The generated {@link Severity} parses its schema when its class is loaded, with libraries that
 * take longer to load than all else that a help text needs.
 */
enum SeverityLevel {
  Informational,
  Low,
  Medium,
  High;

  Severity severity() {
    return Severity.valueOf(name());
  }
}
