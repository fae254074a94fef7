package dev.lockstep.detections.topology;

import dev.lockstep.detections.join.CallRevision;
import dev.lockstep.detections.message.Message;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Correlation;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.IncidentMember;
import org.jspecify.annotations.Nullable;

/**
 * Part of a record that one stage sends to another, such as a message to a subject, a call to join,
 * or a contribution to a finding.
 */
sealed interface StagePayload {
  /** Message to a subject, sent by a stage as part of a record. */
  record OfMessage(Message message) implements StagePayload {}

  /**
   * Call, identity link or Front Door request, sent as part of a record to the stage {@code join},
   * which joins it with its other half.
   *
   * @param bytes the activity in its single-object encoding, or null if it has to be encoded
   * @param ofEdge if it is joined by Front Door's tracking reference; otherwise by the call's id
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Half(Activity activity, byte @Nullable [] bytes, boolean ofEdge) implements StagePayload {}

  /**
   * Client address of a call, known from Front Door, sent as part of a record to the task that
   * joins the call with its identity link. The client is the peer of the connection to Front Door.
   */
  record Peer(String callId, String peer, long arrivalAt) implements StagePayload {}

  /** Revision of a call, sent by a stage as part of a record. */
  record OfRevision(CallRevision revision) implements StagePayload {}

  /** Contribution of a rule to a finding, sent by a stage as part of a record. */
  record OfContribution(Contribution contribution) implements StagePayload {}

  /**
   * Confirmation of a finding by an alert, or end of such a confirmation, sent by a stage as part
   * of a record.
   */
  record OfConfirmation(Confirmation confirmation) implements StagePayload {}

  /**
   * Finding that is a member of incidents, or is no member any more, sent by a stage as part of a
   * record.
   */
  record OfMember(IncidentMember member) implements StagePayload {}

  /**
   * Incident to which a finding belongs, or note that it belongs to none, sent by a stage as part
   * of a record.
   */
  record OfCorrelation(Correlation correlation) implements StagePayload {}

  /** Request to erase a principal, sent by a stage as part of a record. */
  record OfErasure(Erasure erasure) implements StagePayload {}
}
