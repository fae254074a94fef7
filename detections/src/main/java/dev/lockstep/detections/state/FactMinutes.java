package dev.lockstep.detections.state;

import java.util.Arrays;
import java.util.BitSet;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Minutes of the UTC day in which a fact has events. A minute whose events may all be retracted is
 * kept until each of them is. Of a few minutes the times of the first and the last event can be
 * kept too.
 */
final class FactMinutes {
  /**
   * Largest number of events that are kept singly, so that each can be retracted. With one event
   * more, only its minute is kept, and no retraction removes that minute.
   */
  private static final int MOST_PROVISIONAL = 256;

  private static final long MINUTE_MILLIS = 60_000L;

  /** Largest number of minutes of which the times of the first and the last event are kept. */
  private static final int MOST_EXACT = 16;

  private static final BitSet NONE = new BitSet(0);

  private @Nullable BitSet minutes;

  /**
   * Hashes of the retractable events, by minute. An empty array stands for too many events to keep.
   */
  private @Nullable NavigableMap<Integer, long[]> provisional;

  private int provisionalEvents;

  /**
   * Times of the first and the last event of each minute, in milliseconds since the minute began.
   * Null if there are more than {@link #MOST_EXACT} minutes.
   */
  private @Nullable NavigableMap<Integer, Span> exact = new TreeMap<>();

  private @Nullable BitSet all;

  /**
   * Times of the first and the last event of a minute.
   *
   * @param first milliseconds since the minute began
   * @param last milliseconds since the minute began
   */
  record Span(int first, int last) {
    private Span with(Span other) {
      return new Span(Math.min(first, other.first), Math.max(last, other.last));
    }
  }

  /** Adds the minute of an event that is never retracted; returns whether that is new. */
  boolean add(int minute) {
    BitSet known = minutes;
    if (known == null) {
      known = new BitSet();
      minutes = known;
    }
    if (known.get(minute)) {
      return false;
    }
    known.set(minute);
    all = null;
    return true;
  }

  /**
   * Adds the minute of an event that may be retracted; returns whether that changed anything.
   *
   * @param event hash of the event, by which {@link #retract} finds it
   */
  boolean addProvisional(int minute, long event) {
    NavigableMap<Integer, long[]> known = provisional;
    if (known == null) {
      known = new TreeMap<>();
      provisional = known;
    }
    long[] events = known.get(minute);
    all = null;
    if (events != null && (events.length == 0 || Arrays.binarySearch(events, event) >= 0)) {
      return false;
    }
    if (provisionalEvents == MOST_PROVISIONAL) {
      known.put(minute, new long[0]);
      provisionalEvents -= events == null ? 0 : events.length;
      return true;
    }
    provisionalEvents++;
    if (events == null) {
      known.put(minute, new long[] {event});
      return true;
    }
    long[] more = Arrays.copyOf(events, events.length + 1);
    more[events.length] = event;
    Arrays.sort(more);
    known.put(minute, more);
    return true;
  }

  /** Removes a retracted event from its minute; returns whether the minute held it singly. */
  boolean retract(int minute, long event) {
    NavigableMap<Integer, long[]> known = provisional;
    long[] events = known == null ? null : known.get(minute);
    int at = events == null ? -1 : Arrays.binarySearch(events, event);
    if (known == null || events == null || at < 0) {
      return false;
    }
    all = null;
    provisionalEvents--;
    if (events.length == 1) {
      known.remove(minute);
      if (exact != null && (minutes == null || !minutes.get(minute))) {
        exact.remove(minute);
      }
    } else {
      long[] left = new long[events.length - 1];
      System.arraycopy(events, 0, left, 0, at);
      System.arraycopy(events, at + 1, left, at, left.length - at);
      known.put(minute, left);
    }
    return true;
  }

  /**
   * Adds the time of an event of a minute that was added; returns whether it changed what is known
   * of the times of events.
   *
   * @param millis milliseconds since the minute began
   */
  boolean addTime(int minute, int millis) {
    return addTimes(minute, new Span(millis, millis));
  }

  private boolean addTimes(int minute, Span times) {
    NavigableMap<Integer, Span> known = exact;
    if (known == null) {
      return false;
    }
    Span before = known.get(minute);
    Span now = before == null ? times : before.with(times);
    if (now.equals(before)) {
      return false;
    }
    if (before == null && known.size() == MOST_EXACT) {
      exact = null;
    } else {
      known.put(minute, now);
    }
    return true;
  }

  /** Returns the times of the events of a minute, or null if they are not kept. */
  @Nullable Span times(int minute) {
    return exact == null ? null : exact.get(minute);
  }

  /**
   * Returns whether two events are all that is known of the times of events: they are the first and
   * the last of each minute.
   */
  boolean hasTimesOfOnly(long firstAt, long lastAt) {
    FactMinutes ends = new FactMinutes();
    ends.addTimesOf(firstAt, lastAt);
    return ends.exact != null && ends.exact.equals(exact);
  }

  /** Adds the times of two events, in milliseconds since 1970. */
  void addTimesOf(long firstAt, long lastAt) {
    for (long at : new long[] {firstAt, lastAt}) {
      boolean unused = addTime(KeptFact.minuteOf(at), (int) Math.floorMod(at, MINUTE_MILLIS));
    }
  }

  /** Returns whether there are too many minutes to keep the times of events. */
  boolean isInexact() {
    return exact == null;
  }

  /** Drops the times of events. */
  void dropTimes() {
    exact = null;
  }

  /** Adds the minutes of another fact. */
  void addAll(FactMinutes other) {
    if (other.exact == null) {
      exact = null;
    } else {
      other.exact.forEach(this::addTimes);
    }
    if (other.provisional != null) {
      other.provisional.forEach(this::addProvisional);
    }
    if (other.minutes != null) {
      other.minutes.stream().forEach(this::add);
    }
  }

  private void addProvisional(int minute, long[] events) {
    for (long event : events) {
      boolean unused = addProvisional(minute, event);
    }
    if (events.length == 0) { // too many to tell apart
      long[] before = provisional == null ? null : provisional.get(minute);
      provisionalEvents -= before == null ? 0 : before.length;
      restore(minute, events);
    }
  }

  /** Returns the minutes, which the caller must not change. */
  BitSet all() {
    NavigableMap<Integer, long[]> others = provisional;
    if (others == null) {
      return minutes == null ? NONE : minutes;
    }
    BitSet known = all;
    if (known == null) {
      known = minutes == null ? new BitSet() : (BitSet) minutes.clone();
      for (int minute : others.keySet()) {
        known.set(minute);
      }
      all = known;
    }
    return known;
  }

  /** Returns the minutes of events that are never retracted, as state stores them. */
  @Nullable BitSet stored() {
    return minutes;
  }

  /** Returns the retractable events by minute, as state stores them. */
  @Nullable NavigableMap<Integer, long[]> storedProvisional() {
    return provisional;
  }

  /** Sets the minutes of events that are never retracted, read from state. */
  void restore(BitSet read) {
    minutes = read;
    all = null;
  }

  /** Sets the retractable events of a minute, read from state. */
  void restore(int minute, long[] events) {
    NavigableMap<Integer, long[]> known = provisional;
    if (known == null) {
      known = new TreeMap<>();
      provisional = known;
    }
    known.put(minute, events);
    provisionalEvents += events.length;
    all = null;
  }

  /** Sets the times of the events of a minute, read from state. */
  void restore(int minute, Span times) {
    boolean unused = addTimes(minute, times);
  }
}
