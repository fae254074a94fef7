package dev.lockstep.app.sweep;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers of findings of a rule with one value of a setting.
 *
 * @param value value; for a flag, 1 is true
 * @param severities number of findings by severity in a replay with that value
 * @param subjects number of distinct subjects
 * @param appeared number of findings that the configured value does not have
 * @param gone number of findings of the configured value that this value does not have
 * @param gates how often each gate suppressed a finding
 */
public record SweptValue(
    double value,
    Map<Severity, Long> severities,
    long subjects,
    long appeared,
    long gone,
    Map<String, Long> gates) {
  public SweptValue {
    severities = Map.copyOf(severities);
    gates = Map.copyOf(gates);
  }

  public long findings() {
    return severities.values().stream().mapToLong(Long::longValue).sum();
  }

  public long findings(Severity severity) {
    return severities.getOrDefault(severity, 0L);
  }

  static Map<Severity, Long> bySeverity(List<Detection> findings) {
    Map<Severity, Long> counts = new EnumMap<>(Severity.class);
    findings.forEach(each -> counts.merge(each.getSeverity(), 1L, Long::sum));
    return counts;
  }
}
