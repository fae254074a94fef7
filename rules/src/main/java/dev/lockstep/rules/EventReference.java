package dev.lockstep.rules;

import dev.lockstep.schemas.Where;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Reference to an event, by which evidence cites it.
 *
 * @param category of the log, as Azure names it
 * @param eventId with the category: the identity of the event
 * @param at when it happened, milliseconds since 1970
 * @param arrivalAt when it reached the hub, milliseconds since 1970
 * @param where its record lies
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

  /** Returns the minute of the event since 1970. */
  public long minute() {
    return Math.floorDiv(at, 60_000L);
  }

  /** Returns the UTC day of the event since 1970. */
  public int day() {
    return (int) Math.floorDiv(at, 86_400_000L);
  }

  /** Returns if both are the same event. */
  public boolean isSameEvent(EventReference other) {
    return byEvent(this, other) == 0;
  }

  /** Returns the earlier event; of two copies of one, the one that arrived first. */
  public static EventReference earlier(EventReference one, EventReference other) {
    int order = byEvent(one, other);
    return order < 0 || (order == 0 && byCopy(one, other) <= 0) ? one : other;
  }

  /** Returns the later event; of two copies of one, the one that arrived first. */
  public static EventReference later(EventReference one, EventReference other) {
    int order = byEvent(one, other);
    return order > 0 || (order == 0 && byCopy(one, other) <= 0) ? one : other;
  }

  /** Returns the event that stands for the last minute of both: of several in it the first. */
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
