package dev.lockstep.app.sweep;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Findings of a rule with one value of a setting.
 *
 * @param value value; for a switch 1 means yes
 * @param severities number of findings by severity, as a replay with that value gives them
 * @param subjects number of distinct subjects
 * @param appeared findings that the configured value does not give
 * @param gone findings of the configured value that this one does not give
 * @param gates how often each gate suppressed something
 */
public record SweptValue(
    double value,
    Map<Severity, Long> severities,
    long subjects,
    long appeared,
    long gone,
    Map<String, Long> gates) {
  /** Creates a value with copies of the maps. */
  public SweptValue {
    severities = Map.copyOf(severities);
    gates = Map.copyOf(gates);
  }

  /** Returns the number of findings. */
  public long findings() {
    return severities.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the number of findings of a severity. */
  public long findings(Severity severity) {
    return severities.getOrDefault(severity, 0L);
  }

  static Map<Severity, Long> bySeverity(List<Detection> findings) {
    Map<Severity, Long> counts = new EnumMap<>(Severity.class);
    findings.forEach(each -> counts.merge(each.getSeverity(), 1L, Long::sum));
    return counts;
  }
}
