package dev.lockstep.detections.topology;

import dev.lockstep.detections.engine.Message;
import dev.lockstep.detections.join.Revision;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Erasure;

/** Part of a record between two stages. */
sealed interface Part {
  /** Message to a subject. */
  record OfMessage(Message message) implements Part {}

  /**
   * Activity that may be joined with another.
   *
   * @param ofEdge if by Front Door's tracking reference; else by the call's id
   */
  record Half(Activity activity, boolean ofEdge) implements Part {}

  /** Peer that Front Door names for a call that waits for its link. */
  record Peer(String callId, String peer, long arrivalAt) implements Part {}

  /** Revision of a call that was joined. */
  record OfRevision(Revision revision) implements Part {}

  /** Contribution of a rule to a finding. */
  record OfContribution(Contribution contribution) implements Part {}

  /** Confirmation of a finding by an alert. */
  record OfConfirmation(Confirmation confirmation) implements Part {}

  /** Request to erase a principal, as a task passes it on. */
  record OfErasure(Erasure erasure) implements Part {}
}
