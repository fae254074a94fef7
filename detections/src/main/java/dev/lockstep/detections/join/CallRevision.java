package dev.lockstep.detections.join;

import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;

/**
 * Call that a join gives to the rules again, either to update what is known of it or to retract its
 * earlier facts.
 *
 * @param activity whole call
 * @param provisional if something that still may arrive could retract it
 * @param retracts if the facts of the call's earlier form are retracted
 * @param onlyClaims if the rules have observed the same call before, but with pending claims
 * @param again if the rules have observed the same revision before, so that it is not counted again
 */
public record CallRevision(
    Activity activity,
    Event.Claims claims,
    boolean provisional,
    boolean retracts,
    boolean onlyClaims,
    boolean again) {
  CallRevision(Activity activity, Event.Claims claims, boolean provisional) {
    this(activity, claims, provisional, false, false, false);
  }

  /**
   * Returns the revision of a call whose claims are missing because no identity link came in time.
   * It is provisional, because a link that comes later may retract its facts.
   */
  static CallRevision withoutClaims(Activity call) {
    return new CallRevision(call, Event.Claims.ABSENT, true, false, true, false);
  }

  /**
   * Returns the revision that retracts the facts of the first form of a call. Rules stated these
   * facts when the call came, before any identity link or Front Door record of it.
   *
   * @param claims what was known of the call's claims when it came
   */
  static CallRevision firstFormRetracted(Activity call, Event.Claims claims) {
    return new CallRevision(call, claims, true, true, false, false);
  }

  CallRevision retracted() {
    return new CallRevision(activity, claims, provisional, true, false, false);
  }

  CallRevision repeated() {
    return new CallRevision(activity, claims, provisional, retracts, onlyClaims, true);
  }
}
