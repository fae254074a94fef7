package dev.lockstep.detections;

/** How many events, and from when to when, in milliseconds since 1970. */
final class Span {
  private long events;
  private long firstAt = Long.MAX_VALUE;
  private long lastAt = Long.MIN_VALUE;

  void add(long eventAt) {
    events++;
    firstAt = Math.min(firstAt, eventAt);
    lastAt = Math.max(lastAt, eventAt);
  }

  long events() {
    return events;
  }

  long firstAt() {
    return firstAt;
  }

  long lastAt() {
    return lastAt;
  }
}
