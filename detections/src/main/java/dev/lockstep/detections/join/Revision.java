package dev.lockstep.detections.join;

import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;

/**
 * Revision of an event: a call with more known of it than when it was given last.
 *
 * @param activity the call, whole
 * @param provisional if something may still come that retracts it
 * @param retracts if it is retracted: what it meant does not hold
 */
public record Revision(
    Activity activity, Event.Claims claims, boolean provisional, boolean retracts) {
  /** Returns the same as what does not hold any more. */
  Revision retracted() {
    return new Revision(activity, claims, provisional, true);
  }
}
