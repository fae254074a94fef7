package dev.lockstep.app.detection;

import dev.lockstep.detections.incident.IncidentGroups;
import dev.lockstep.rules.Gates;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the severity that a finding had before its incident raised the severity. The field
 * {@code gates} of the finding has it.
 */
public final class SeverityBeforeIncident {
  private SeverityBeforeIncident() {}

  /**
   * Returns the severity that a finding had before its incident raised severities, or null if no
   * incident did so. It is the present severity if the finding was High already.
   */
  public static @Nullable Severity severityBefore(Detection finding) {
    for (GateChecked gate : finding.getGates()) {
      if (isRaise(gate)) {
        Object from = gate.getNumbers().get("from");
        for (Severity each : Severity.values()) {
          if (each.name().equals(from)) {
            return each;
          }
        }
      }
    }
    return null;
  }

  /**
   * Returns whether a gate states that an incident raised the severity of the incident's findings.
   * A finding of severity High has this gate too, and stays High.
   */
  public static boolean isRaise(GateChecked gate) {
    return isRaise(gate.getGate(), gate.getVerdict());
  }

  /**
   * Returns whether a gate with this name and verdict states that an incident raised the severity
   * of the incident's findings.
   */
  public static boolean isRaise(String gate, String verdict) {
    return gate.equals(IncidentGroups.GATE) && verdict.equals(Gates.RAISED);
  }
}
