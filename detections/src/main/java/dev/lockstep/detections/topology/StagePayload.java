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
  /** Part of a stage's record that holds a message to a subject. */
  record OfMessage(Message message) implements StagePayload {}

  /**
   * Part of a stage's record that holds an activity which may be joined.
   *
   * @param bytes the activity in its single-object encoding, or null if it has to be encoded
   * @param ofEdge if it is joined by Front Door's tracking reference; otherwise by the call's id
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Half(Activity activity, byte @Nullable [] bytes, boolean ofEdge) implements StagePayload {}

  /**
   * Part of a stage's record that holds the client address of a call. Front Door's record has the
   * address (peer), and the call also waits for its identity link.
   */
  record Peer(String callId, String peer, long arrivalAt) implements StagePayload {}

  /** Part of a stage's record that holds the revision of a joined call. */
  record OfRevision(CallRevision revision) implements StagePayload {}

  /** Part of a stage's record that holds a rule's contribution to a finding. */
  record OfContribution(Contribution contribution) implements StagePayload {}

  /**
   * Part of a stage's record that holds the confirmation of a finding by an alert, or the end of a
   * confirmation.
   */
  record OfConfirmation(Confirmation confirmation) implements StagePayload {}

  /**
   * Part of a stage's record that holds a finding as a member of incidents, or as one that is no
   * member any more.
   */
  record OfMember(IncidentMember member) implements StagePayload {}

  /**
   * Part of a stage's record that holds the incident to which a finding belongs, or says that it
   * belongs to none.
   */
  record OfCorrelation(Correlation correlation) implements StagePayload {}

  /** Part of a stage's record that holds a request to erase a principal. */
  record OfErasure(Erasure erasure) implements StagePayload {}
}
