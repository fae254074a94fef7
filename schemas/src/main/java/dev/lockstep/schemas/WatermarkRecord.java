package dev.lockstep.schemas;

import org.jspecify.annotations.NullMarked;

/**
 * Watermark of a source partition, which is sent as an activity within a bundle.
 *
 * @param where source partition
 * @param lowAt arrival time up to which everything has been read, in milliseconds since 1970; 0 is
 *     unknown
 * @param graceAt arrival time in milliseconds since 1970; waits of rules and calls that end at or
 *     before it are over
 * @param isIdle whether the partition is idle, so that nobody waits for it
 */
@NullMarked
public record WatermarkRecord(Where where, long lowAt, long graceAt, boolean isIdle) {
  /** Returns whether an activity stands for a watermark and not for a record of a log. */
  public static boolean is(Activity activity) {
    return activity.getKind() == ActivityKind.CLOCK;
  }

  /** Returns the watermark that {@link #toActivity} wrote into the fields of an activity. */
  public static WatermarkRecord of(Activity activity) {
    return new WatermarkRecord(
        activity.getWhere(),
        activity.getArrivalAt(),
        activity.getEventAt(),
        activity.getIdleOrigin());
  }

  /** Returns an activity with this watermark in its fields, so that a bundle can contain it. */
  public Activity toActivity() {
    Activity carrier = new Activity();
    carrier.setKind(ActivityKind.CLOCK);
    carrier.setCategory("");
    carrier.setEventId("");
    carrier.setEventAt(graceAt);
    carrier.setArrivalAt(lowAt);
    carrier.setWhere(where);
    carrier.setStatus(-1);
    carrier.setIdleOrigin(isIdle);
    return carrier;
  }
}
