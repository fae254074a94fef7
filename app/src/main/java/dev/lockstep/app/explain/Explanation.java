package dev.lockstep.app.explain;

import dev.lockstep.app.privacy.Redaction;
import dev.lockstep.detections.alert.ReportedAlert;
import dev.lockstep.detections.explain.SubjectEvents;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Explanation of why rules fired or were suppressed about a subject.
 *
 * @param principal the subject with its name and type, if it is a principal
 * @param partner the subject as the registry has it, if it is a partner
 * @param events what was seen of the subject's events
 * @param judged the subject as rules judge it, and others as far as facts of the subject are judged
 *     there: a principal's tokens and addresses
 * @param gates how often each gate was counted for the subject, by rule and gate
 * @param alerts of Defender that name the subject, or an address where it was within a day
 * @param findings that name the subject, as they stand or were retracted, the newest first
 */
public record Explanation(
    Subject subject,
    @Nullable Principal principal,
    @Nullable Partner partner,
    SubjectEvents events,
    List<JudgedSubject> judged,
    Map<String, Map<String, Long>> gates,
    List<ReportedAlert> alerts,
    List<Detection> findings) {

  /** Returns the same with findings that name no people; the rest is text once it is printed. */
  public Explanation redacted(Redaction redaction) {
    return new Explanation(
        subject,
        principal,
        partner,
        events,
        judged,
        gates,
        alerts,
        findings.stream().map(redaction::detection).toList());
  }
}
