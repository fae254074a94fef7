package dev.lockstep.rules;

import dev.lockstep.schemas.Where;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Reference by which evidence cites one event.
 *
 * @param category log category, as Azure names it
 * @param eventId id of the event, unique within the category
 * @param at event time in milliseconds since 1970
 * @param arrivalAt time of arrival at the hub in milliseconds since 1970
 * @param where position of the event's record in its source
 */
public record EventReference(
    String category, String eventId, long at, long arrivalAt, Where where) {
  private static final Comparator<Where> BY_WHERE =
      Comparator.comparing(Where::getSource)
          .thenComparing(where -> orEmpty(where.getHub()))
          .thenComparing(where -> orEmpty(where.getFile()))
          .thenComparingInt(Where::getPartition)
          .thenComparingLong(Where::getPosition)
          .thenComparingInt(Where::getIndex);

  /** Returns the minute of the event, counted from 1970. */
  public long minute() {
    return Math.floorDiv(at, 60_000L);
  }

  /** Returns the UTC day of the event, counted from 1970. */
  public int day() {
    return (int) Math.floorDiv(at, 86_400_000L);
  }

  /** Returns whether two references cite the same event. */
  public boolean isSameEvent(EventReference other) {
    return byEvent(this, other) == 0;
  }

  /** Returns the earlier of two events; of two copies of one event, the copy that arrived first. */
  public static EventReference earlier(EventReference one, EventReference other) {
    int order = byEvent(one, other);
    return order < 0 || (order == 0 && byCopy(one, other) <= 0) ? one : other;
  }

  /** Returns the later of two events; of two copies of one event, the copy that arrived first. */
  public static EventReference later(EventReference one, EventReference other) {
    int order = byEvent(one, other);
    return order > 0 || (order == 0 && byCopy(one, other) <= 0) ? one : other;
  }

  /** Returns the event in the later of two minutes; of two events in one minute, the earlier. */
  public static EventReference lastMinute(EventReference one, EventReference other) {
    int order = Long.compare(one.minute(), other.minute());
    return order == 0 ? earlier(one, other) : order > 0 ? one : other;
  }

  private static int byEvent(EventReference one, EventReference other) {
    int order = Long.compare(one.at, other.at);
    if (order == 0) {
      order = one.category.compareTo(other.category);
    }
    return order == 0 ? one.eventId.compareTo(other.eventId) : order;
  }

  private static int byCopy(EventReference one, EventReference other) {
    int order = Long.compare(one.arrivalAt, other.arrivalAt);
    return order == 0 ? BY_WHERE.compare(one.where, other.where) : order;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
