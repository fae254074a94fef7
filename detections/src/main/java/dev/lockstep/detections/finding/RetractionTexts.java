package dev.lockstep.detections.finding;

import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Phrases;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;

/**
 * Factory of detections which say that a finding is retracted, held back, or sent in spite of an
 * exception. The texts of all other findings come from the rule, by {@code Rule.tell}.
 */
final class RetractionTexts {
  private RetractionTexts() {}

  /**
   * Returns the detection that retracts a finding.
   *
   * @param why first sentence of the retraction; empty if the finding does not hold any more
   */
  static Detection withdrawn(Detection active, String why) {
    Detection detection = Detection.newBuilder(active).build();
    detection.setReason(DetectionStatus.WITHDRAWN);
    detection.setSeverity(Severity.Informational);
    detection.setCorrelationId(null);
    detection.setDescription(
        (why.isEmpty()
                ? "Retracted: with everything that has arrived since, this finding no longer holds."
                : why)
            + " It said: "
            + active.getDescription());
    return detection;
  }

  static Detection heldBack(Detection finding, List<ExceptionEntry> exceptions) {
    Detection detection = Detection.newBuilder(finding).build();
    ExceptionEntry first = exceptions.get(0);
    detection.setReason(DetectionStatus.WITHDRAWN);
    detection.setSeverity(Severity.Informational);
    detection.setDescription(
        "Held back by exception %s of %s, until %s: %s. It said: %s"
            .formatted(
                first.id(),
                first.owner(),
                Phrases.time(first.expiresAt()),
                first.reason(),
                finding.getDescription()));
    detection.setGates(withException(finding, Gates.SUPPRESSED, exceptions));
    return detection;
  }

  static Detection outweighed(Detection corroborated, List<ExceptionEntry> exceptions) {
    Detection detection = Detection.newBuilder(corroborated).build();
    ExceptionEntry first = exceptions.get(0);
    detection.setDescription(
        "%s Exception %s of %s (%s) would have held this finding back; the alert of Microsoft Defender outweighs the exception."
            .formatted(corroborated.getDescription(), first.id(), first.owner(), first.reason()));
    detection.setGates(withException(corroborated, "outweighed", exceptions));
    return detection;
  }

  private static List<GateChecked> withException(
      Detection finding, String verdict, List<ExceptionEntry> exceptions) {
    List<GateChecked> gates = new ArrayList<>(finding.getGates());
    List<String> ids = exceptions.stream().map(ExceptionEntry::id).toList();
    gates.add(Gates.checked("exception", verdict, "id", String.join(", ", ids)));
    return gates;
  }
}
