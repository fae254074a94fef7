package dev.lockstep.app.explain;

import dev.lockstep.app.detection.Incident;
import dev.lockstep.app.privacy.Redaction;
import dev.lockstep.detections.incident.IncidentsOfGroup;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Explanation of an incident: its findings, and the incidents just before and after it about the
 * same principal or client address.
 *
 * @param group group of the findings: a principal or an address
 * @param before incident before this one in the group, or null if this is the first
 * @param after incident after this one in the group, or null if this is the last
 */
public record IncidentExplanation(
    Incident incident, String group, @Nullable Neighbour before, @Nullable Neighbour after) {

  /**
   * Incident just before or after the explained incident, about the same principal or client
   * address. Findings of only one rule have no correlation id.
   *
   * @param startAt first start in milliseconds since 1970
   * @param endAt latest end in milliseconds since 1970
   */
  public record Neighbour(@Nullable String correlationId, int findings, long startAt, long endAt) {
    static Neighbour of(List<Detection> findings) {
      return new Neighbour(
          findings.get(0).getCorrelationId(),
          findings.size(),
          findings.get(0).getStartTime(),
          Incident.latestEnd(findings));
    }

    private Neighbour redacted(Redaction redaction) {
      return new Neighbour(
          correlationId == null ? null : redaction.incident(correlationId),
          findings,
          startAt,
          endAt);
    }
  }

  /**
   * Returns the principal of the findings, with a name if a finding has one, or null if no finding
   * has a principal.
   */
  public @Nullable Principal principal() {
    Principal principal = null;
    for (Detection finding : incident.findings()) {
      if (finding.getPrincipal() != null && (principal == null || principal.getName() == null)) {
        principal = finding.getPrincipal();
      }
    }
    return principal;
  }

  /**
   * Returns the gap before each finding: the milliseconds from the latest end of all earlier
   * findings to its start. The gap is 0 or less if they overlap, and 0 for the first finding.
   */
  public List<Long> gaps() {
    List<Long> gaps = new ArrayList<>();
    long endAt = incident.startAt();
    for (Detection finding : incident.findings()) {
      gaps.add(finding.getStartTime() - endAt);
      endAt = Math.max(endAt, finding.getEndTime());
    }
    return gaps;
  }

  /**
   * Returns whether two incidents are separate because of the gap between them. Otherwise they are
   * separate because both together would be too long.
   */
  static boolean isApartByGap(long endAt, long nextStartAt) {
    return nextStartAt > endAt + IncidentsOfGroup.GAP_MILLIS;
  }

  /** Returns this explanation with pseudonyms in findings and ids. */
  public IncidentExplanation redacted(Redaction redaction) {
    return new IncidentExplanation(
        new Incident(
            redaction.incident(incident.correlationId()),
            incident.findings().stream().map(redaction::detection).toList()),
        redaction.text(group),
        before == null ? null : before.redacted(redaction),
        after == null ? null : after.redacted(redaction));
  }
}
