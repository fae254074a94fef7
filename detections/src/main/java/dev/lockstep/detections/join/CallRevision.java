package dev.lockstep.detections.join;

import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;

/**
 * Revision of a call by a join: the call with more that is known of it, such as its claims, or a
 * retraction.
 *
 * @param activity whole call
 * @param provisional if something that still may arrive could retract it
 * @param retracts if the facts of the call's earlier form are retracted
 */
public record CallRevision(
    Activity activity, Event.Claims claims, boolean provisional, boolean retracts) {
  CallRevision retracted() {
    return new CallRevision(activity, claims, provisional, true);
  }
}
