package dev.lockstep.rules;

/**
 * Static methods that compare two events by time, category and id, and return the earlier or the
 * later one. {@link FirstCopy} decides between copies of one event.
 */
public final class EventOrder {
  private EventOrder() {}

  /**
   * Returns the earlier of two events. Of two copies of one event, it is the copy that arrived
   * first.
   */
  public static EventReference earlier(EventReference one, EventReference other) {
    int order = byEvent(one, other);
    return order < 0 || (order == 0 && FirstCopy.isEarlier(one, other)) ? one : other;
  }

  /**
   * Returns the later of two events. Of two copies of one event, it is the copy that arrived first.
   */
  public static EventReference later(EventReference one, EventReference other) {
    int order = byEvent(one, other);
    return order > 0 || (order == 0 && FirstCopy.isEarlier(one, other)) ? one : other;
  }

  /** Returns the event in the later minute, or the earlier event if both are in the same minute. */
  public static EventReference lastMinute(EventReference one, EventReference other) {
    int order = Long.compare(one.minute(), other.minute());
    return order == 0 ? earlier(one, other) : order > 0 ? one : other;
  }

  /** Compares events by time, category and id. Copies of one event are equal. */
  static int byEvent(EventReference one, EventReference other) {
    int order = Long.compare(one.at(), other.at());
    if (order == 0) {
      order = one.category().compareTo(other.category());
    }
    return order == 0 ? one.eventId().compareTo(other.eventId()) : order;
  }
}
