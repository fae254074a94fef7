package dev.lockstep.ingest.record;

import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.text.AvroJson;

/**
 * Bounds of an event's time around its arrival time; a record whose time is out of them is
 * quarantined.
 */
final class TimeBounds {
  private static final long AHEAD_MILLIS = 5 * 60_000L;
  private static final long BEHIND_MILLIS = 30 * 86_400_000L;

  private TimeBounds() {}

  /**
   * Returns the activity as mapped, or as quarantined if its time is too far from its arrival. Its
   * event time is too far if it is over 30 days behind the arrival time, or over 5 minutes ahead of
   * it. An identity link may be any time ahead.
   */
  static Outcome judged(Activity activity, Slice slice) {
    long eventAt = activity.getEventAt();
    long arrivalAt = activity.getArrivalAt();
    // A link may have a time in the future, since that is compared with the time of its call alone.
    if (eventAt > arrivalAt + AHEAD_MILLIS && activity.getKind() != ActivityKind.IDENTITY_LINK) {
      return outOfTime(activity, slice, Reason.FUTURE, "more than 5 minutes ahead of");
    }
    if (eventAt < arrivalAt - BEHIND_MILLIS) {
      return outOfTime(activity, slice, Reason.TOO_OLD, "more than 30 days behind");
    }
    return new Outcome.Mapped(activity);
  }

  private static Outcome outOfTime(Activity activity, Slice slice, Reason reason, String how) {
    return slice.quarantined(
        reason,
        "the event time %s is %s the arrival at %s"
            .formatted(
                AvroJson.instant(activity.getEventAt()),
                how,
                AvroJson.instant(activity.getArrivalAt())),
        activity.getCategory(),
        activity.getArrivalAt());
  }
}
