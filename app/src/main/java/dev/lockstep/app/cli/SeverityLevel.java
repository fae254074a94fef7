package dev.lockstep.app.cli;

import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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

  static Set<Severity> severities(List<SeverityLevel> levels) {
    return levels.stream().map(SeverityLevel::severity).collect(Collectors.toUnmodifiableSet());
  }
}
