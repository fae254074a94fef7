package dev.lockstep.detections;

import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import java.util.List;

/** Contributions of rules with no more than a finding has to have. */
public final class Contributions {
  /** Codec whose creation makes Avro trust the generated classes. */
  private static final SingleObject<Contribution> TRUSTED =
      new SingleObject<>(Contribution.getClassSchema());

  private Contributions() {}

  /** Returns the contribution of a rule to the finding of this id; the reason is the rule's id. */
  public static Contribution of(String rule, String finding, Severity severity) {
    Detection detection = new Detection();
    detection.setId(finding);
    detection.setRule(rule);
    detection.setRuleVersion(1);
    detection.setReason(rule);
    detection.setSeverity(severity);
    detection.setTitle("");
    detection.setDescription("");
    detection.setTactics(List.of());
    detection.setTechniques(List.of());
    detection.setEntities(List.of());
    detection.setEvidence(List.of());
    detection.setGates(List.of());
    detection.setDefenderAlerts(List.of());
    Contribution contribution = new Contribution();
    contribution.setDetection(detection);
    contribution.setAddresses(List.of());
    contribution.setExceptions(List.of());
    return TRUSTED.decode(TRUSTED.encode(contribution));
  }
}
