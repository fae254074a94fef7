package dev.lockstep.app;

import dev.lockstep.detections.AlertExplanation;
import dev.lockstep.detections.PartnerExplanation;
import dev.lockstep.detections.Subject;
import dev.lockstep.detections.TokenExplanation;
import dev.lockstep.detections.TravelExplanation;
import dev.lockstep.detections.Witness;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why rules fired or were suppressed about a subject.
 *
 * @param principal the subject with its name and type, if it is a principal
 * @param witness what it saw of the subject's events
 * @param travel of a principal, null otherwise
 * @param tokens of a principal, or the token itself
 * @param partner null if the subject is none
 * @param alerts of Defender that meet a principal or an address
 * @param findings that name the subject, as they stand or were retracted, the newest first
 */
record Explanation(
    Subject subject,
    @Nullable Principal principal,
    Witness witness,
    @Nullable TravelExplanation travel,
    List<TokenExplanation> tokens,
    @Nullable PartnerExplanation partner,
    List<AlertExplanation> alerts,
    List<Detection> findings) {

  /** Returns the same with findings that name no people; the rest is text once it is printed. */
  Explanation redacted(Redaction redaction) {
    return new Explanation(
        subject,
        principal,
        witness,
        travel,
        tokens,
        partner,
        alerts,
        findings.stream().map(redaction::detection).toList());
  }
}
