package dev.lockstep.app.detection;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Incident with the findings that belong to it.
 *
 * @param correlationId id that all its findings have
 * @param findings findings in the order of start and id, at least one
 */
public record Incident(String correlationId, List<Detection> findings) {
  public static final Comparator<Detection> IN_ORDER =
      Comparator.comparingLong(Detection::getStartTime).thenComparing(Detection::getId);

  /** Order of incidents: worst severity first, then most rules, most findings, latest end. */
  private static final Comparator<Incident> WORST_FIRST =
      Comparator.comparing(Incident::severity)
          .thenComparing(incident -> incident.rules().size())
          .thenComparing(incident -> incident.findings().size())
          .thenComparing(Incident::endAt)
          .reversed()
          .thenComparing(Incident::correlationId);

  public Incident {
    findings = findings.stream().sorted(IN_ORDER).toList();
  }

  /** Returns the incidents of findings, the worst incident first. */
  public static List<Incident> of(Collection<Detection> detections) {
    Map<String, List<Detection>> byId = new HashMap<>();
    for (Detection detection : detections) {
      if (detection.getCorrelationId() != null) {
        byId.computeIfAbsent(detection.getCorrelationId(), any -> new ArrayList<>()).add(detection);
      }
    }
    List<Incident> incidents = new ArrayList<>();
    byId.forEach((id, findings) -> incidents.add(new Incident(id, findings)));
    incidents.sort(WORST_FIRST);
    return incidents;
  }

  public Severity severity() {
    return findings.stream()
        .map(Detection::getSeverity)
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  public Set<String> rules() {
    Set<String> rules = new TreeSet<>();
    findings.forEach(finding -> rules.add(finding.getRule()));
    return rules;
  }

  /** Returns the earliest start of a finding in the incident, in milliseconds since 1970. */
  public long startAt() {
    return findings.get(0).getStartTime();
  }

  /** Returns the latest end of a finding in the incident, in milliseconds since 1970. */
  public long endAt() {
    return latestEnd(findings);
  }

  public static long latestEnd(List<Detection> findings) {
    return findings.stream().mapToLong(Detection::getEndTime).max().orElseThrow();
  }

  /**
   * Returns whether enough rules agree in the incident to raise its findings by one severity level.
   * High findings stay High.
   */
  public boolean isRaised() {
    return findings.stream()
        .anyMatch(finding -> SeverityBeforeIncident.severityBefore(finding) != null);
  }

  /**
   * Returns the principal or address that lists show for the incident, or the incident's id if
   * there is neither. The name of a principal comes first, then the id of a principal or an
   * address, then the id of the incident.
   */
  public String subject() {
    String subject = null;
    for (Detection finding : findings) {
      Principal principal = finding.getPrincipal();
      if (principal != null && principal.getName() != null) {
        return principal.getName();
      }
      if (subject == null) {
        subject = principal == null ? finding.getIp() : principal.getId();
      }
    }
    return subject == null ? correlationId : subject;
  }
}
