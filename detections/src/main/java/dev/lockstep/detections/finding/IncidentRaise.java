package dev.lockstep.detections.finding;

import dev.lockstep.detections.incident.IncidentGroups;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Severities;
import dev.lockstep.schemas.Correlation;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Static method that raises a finding's severity by one level where several rules agree within its
 * incident. It also writes the incident's correlation id into the finding. How many rules have to
 * agree is decided by {@link dev.lockstep.detections.incident.IncidentsOfGroup#RULES_TO_RAISE}.
 */
final class IncidentRaise {
  private IncidentRaise() {}

  /**
   * Returns a copy of a finding with its incident's id, and with a higher severity if several rules
   * agree in the incident. The severity is raised by one level, at most to High. If the finding was
   * left out of the incidents because its group has too many findings, the copy is only marked with
   * an overflow. A finding in no incident is returned as it is.
   */
  static Detection in(Detection finding, @Nullable Correlation correlation) {
    if (correlation == null
        || (correlation.getCorrelationId() == null && !correlation.getOverflow())) {
      return finding;
    }
    Detection member = Detection.newBuilder(finding).build();
    member.setCorrelationId(correlation.getCorrelationId());
    if (correlation.getOverflow()) {
      member.setOverflow(true);
    }
    if (!correlation.getRules().isEmpty()) {
      raise(member, finding, correlation.getRules());
    }
    return member;
  }

  private static void raise(Detection member, Detection finding, List<String> rules) {
    String names = String.join(", ", rules);
    member.setSeverity(Severities.up(finding.getSeverity()));
    member.setDescription(
        "%s %s rules agree within one incident: %s."
            .formatted(
                finding.getDescription(),
                member.getSeverity() == finding.getSeverity()
                    ? rules.size()
                    : "One level higher, since " + rules.size(),
                names));
    List<GateChecked> gates = new ArrayList<>(finding.getGates());
    gates.add(
        Gates.checked(
            IncidentGroups.GATE,
            Gates.RAISED,
            "rules",
            names,
            "count",
            rules.size(),
            "from",
            finding.getSeverity().name()));
    member.setGates(gates);
  }
}
