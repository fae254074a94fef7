package dev.lockstep.rules;

import dev.lockstep.schemas.Where;

/**
 * Category, id, times and source position of one event, with which evidence cites the event.
 *
 * @param category log category, as Azure names it
 * @param eventId id of the event, unique within the category
 * @param at event time in milliseconds since 1970
 * @param arrivalAt time of arrival at the hub in milliseconds since 1970
 * @param where position of the event's record in its source
 */
public record EventReference(
    String category, String eventId, long at, long arrivalAt, Where where) {
  /** Returns the UTC minute of the event, counted from 1970. */
  public long minute() {
    return Math.floorDiv(at, 60_000L);
  }

  /** Returns the UTC day of the event, counted from 1970. */
  public int day() {
    return (int) Math.floorDiv(at, 86_400_000L);
  }

  /** Returns whether two references cite the same event. */
  public boolean isSameEvent(EventReference other) {
    return EventOrder.byEvent(this, other) == 0;
  }
}
