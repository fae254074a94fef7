package dev.lockstep.detections.topology;

import dev.lockstep.detections.join.CallRevision;
import dev.lockstep.detections.join.PendingHalf;
import dev.lockstep.detections.message.Message;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Correlation;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.IncidentMember;

/**
 * Part of a record that one stage sends to another. Examples are a message to a subject, a call to
 * join and a contribution to a finding.
 */
sealed interface StagePayload {
  /** Message about a subject, which one stage sends to another in a record of an internal topic. */
  record OfMessage(Message message) implements StagePayload {}

  /**
   * Call or identity link, sent to the stage {@code join} in a record of an internal topic. The
   * stage joins it with its other half.
   *
   * @param id id of the call
   */
  record Half(String id, PendingHalf half) implements StagePayload {}

  /**
   * Front Door's record of a request, or a call that waits for such a record, sent to the stage
   * {@code join}. It is sent in a record of an internal topic. Front Door's tracking reference
   * joins the two.
   */
  record EdgeHalf(Activity activity) implements StagePayload {}

  /**
   * Client address of a call, known from Front Door, sent to the task that joins the call. The task
   * joins the call with its identity link. The address is sent in a record of an internal topic.
   * The client is the peer of the connection to Front Door.
   */
  record Peer(String callId, String peer, long arrivalAt) implements StagePayload {}

  /** Revision of a call, sent by a stage in a record of an internal topic. */
  record OfRevision(CallRevision revision) implements StagePayload {}

  /**
   * Call that is attributed to its API Management subscription, because no identity link came in
   * time. It is sent by a stage in a record of an internal topic. The receiver gets it as a
   * revision.
   */
  record OfAttributed(PendingHalf call) implements StagePayload {}

  /** Contribution of a rule to a finding, sent by a stage in a record of an internal topic. */
  record OfContribution(Contribution contribution) implements StagePayload {}

  /**
   * Confirmation of a finding by an alert, or end of such a confirmation. It is sent by a stage in
   * a record of an internal topic.
   */
  record OfConfirmation(Confirmation confirmation) implements StagePayload {}

  /**
   * Finding to add to the incidents of its principal or address, or to remove from them. It is sent
   * by a stage in a record of an internal topic.
   */
  record OfMember(IncidentMember member) implements StagePayload {}

  /**
   * Incident to which a finding belongs, or the information that the finding belongs to no
   * incident. It is sent by a stage in a record of an internal topic.
   */
  record OfCorrelation(Correlation correlation) implements StagePayload {}

  /** Request to erase a principal, sent from one stage to another. */
  record OfErasure(Erasure erasure) implements StagePayload {}
}
