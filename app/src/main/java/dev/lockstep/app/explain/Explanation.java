package dev.lockstep.app.explain;

import dev.lockstep.app.privacy.Redaction;
import dev.lockstep.detections.alert.AlertWithGate;
import dev.lockstep.detections.explain.SubjectEvents;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Explanation of why findings of a subject fired or were suppressed.
 *
 * @param principal principal that the subject is; null if it is none, or if its name and type are
 *     unknown
 * @param partner subject as in the partner registry; null if the registry has no such partner
 * @param events overview of the subject's events
 * @param judged judged state of the subject, and of other subjects that have facts about it, such
 *     as the tokens and addresses of a principal
 * @param gates number of times that each gate was counted for the subject, by rule and gate
 * @param alerts Defender alerts that name the subject, or an address at which the subject was
 *     within a day
 * @param findings findings that name the subject, including retracted ones, the newest first
 */
public record Explanation(
    Subject subject,
    @Nullable Principal principal,
    @Nullable Partner partner,
    SubjectEvents events,
    List<JudgedSubject> judged,
    Map<String, Map<String, Long>> gates,
    List<AlertWithGate> alerts,
    List<Detection> findings) {
  static final Comparator<Detection> NEWEST_FIRST =
      Comparator.comparing(Detection::getEndTime).reversed().thenComparing(Detection::getId);

  /**
   * Returns a copy of this explanation with redacted findings. All other texts are redacted when
   * they are printed.
   */
  public Explanation redacted(Redaction redaction) {
    return new Explanation(
        subject,
        principal,
        partner,
        events,
        judged,
        gates,
        alerts,
        findings.stream().map(redaction::detection).sorted(NEWEST_FIRST).toList());
  }
}
