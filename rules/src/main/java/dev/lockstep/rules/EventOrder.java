package dev.lockstep.rules;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Where;
import java.util.Comparator;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.jspecify.annotations.Nullable;

/**
 * Order of events, and of copies of one event: of two copies that differ, the copy that arrived
 * first is kept, whichever was read first.
 */
public final class EventOrder {
  private static final Comparator<Where> BY_WHERE =
      Comparator.comparing(Where::getSource)
          .thenComparing(where -> orEmpty(where.getHub()))
          .thenComparing(where -> orEmpty(where.getFile()))
          .thenComparingInt(Where::getPartition)
          .thenComparingLong(Where::getPosition)
          .thenComparingInt(Where::getIndex);

  private EventOrder() {}

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

  /**
   * Returns whether a record counts before another record of the same event: the record that
   * arrived first; of two that arrived at the same time and differ, one by their content, wherever
   * each was read.
   */
  public static boolean isEarlierCopy(Activity one, Activity other) {
    int order = Long.compare(one.getArrivalAt(), other.getArrivalAt());
    for (Schema.Field field : Activity.getClassSchema().getFields()) {
      if (order == 0 && !field.name().equals("where")) {
        int at = field.pos();
        order = SpecificData.get().compare(one.get(at), other.get(at), field.schema());
      }
    }
    return order == 0 ? BY_WHERE.compare(one.getWhere(), other.getWhere()) < 0 : order < 0;
  }

  /** Compares events by time, category and id; copies of one event are equal. */
  static int byEvent(EventReference one, EventReference other) {
    int order = Long.compare(one.at(), other.at());
    if (order == 0) {
      order = one.category().compareTo(other.category());
    }
    return order == 0 ? one.eventId().compareTo(other.eventId()) : order;
  }

  /** Compares copies of one event by arrival, then by position in the source. */
  private static int byCopy(EventReference one, EventReference other) {
    int order = Long.compare(one.arrivalAt(), other.arrivalAt());
    return order == 0 ? BY_WHERE.compare(one.where(), other.where()) : order;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
