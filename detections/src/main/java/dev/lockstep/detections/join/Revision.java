package dev.lockstep.detections.join;

import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;

/**
 * Revision of a call, with more known of it than at the last time.
 *
 * @param activity whole call
 * @param provisional if something that still may arrive could retract it
 * @param retracts if it withdraws the call's earlier meaning
 */
public record Revision(
    Activity activity, Event.Claims claims, boolean provisional, boolean retracts) {
  /** Returns the retraction of this revision. */
  Revision retracted() {
    return new Revision(activity, claims, provisional, true);
  }
}
