package dev.lockstep.detections.state;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Minutes of the UTC day in which a fact has events. A minute in which all events are retractable
 * is removed when the last of these events is retracted. For a small number of minutes, the times
 * of the first and the last event in each minute can be kept too.
 */
final class FactMinutes {
  /**
   * Number of retractable events of a fact up to which each is kept singly, so that it can be
   * retracted. It does not matter in which minutes the events are. Beyond this number, a minute
   * with fewer than 8 single events keeps a further event singly too. A minute with 8 or more drops
   * all of them when a further event comes, and no retraction removes the minute.
   */
  private static final int MOST_PROVISIONAL = 256;

  private static final int MOST_OF_A_MINUTE = 8;

  /**
   * Largest number of minutes with events for which the times of the first and the last event of
   * each minute are known.
   */
  private static final int MOST_EXACT = 16;

  /**
   * Bits in the hash of a retractable event that are replaced by the event's time in its minute, if
   * times are kept.
   */
  private static final long TIME_BITS = 0xFFFF;

  private static final BitSet NONE = new BitSet(0);

  private final boolean keepsTimes;
  private @Nullable BitSet minutes;

  /**
   * Hashes of the retractable events, by minute. Where times are kept, the last 16 bits are the
   * milliseconds since the minute began. An empty array stands for too many events to keep.
   */
  private @Nullable NavigableMap<Integer, long[]> provisional;

  private int provisionalEvents;

  /** Times of events that are never retracted, by minute. */
  private @Nullable NavigableMap<Integer, Span> times;

  /**
   * True if the times of events that are never retracted are not kept, because the events lie in
   * too many minutes.
   */
  private boolean areTimesDropped;

  private @Nullable BitSet all;

  /**
   * Times of the first and the last event of a minute.
   *
   * @param first milliseconds since the minute began
   * @param last milliseconds since the minute began
   */
  record Span(int first, int last) {
    private static Span of(@Nullable Span known, int millis) {
      return known == null
          ? new Span(millis, millis)
          : new Span(Math.min(known.first, millis), Math.max(known.last, millis));
    }

    private Span with(Span other) {
      return new Span(Math.min(first, other.first), Math.max(last, other.last));
    }
  }

  /**
   * Creates a set of minutes without events.
   *
   * @param keepsTimes whether the times of events are kept too
   */
  FactMinutes(boolean keepsTimes) {
    this.keepsTimes = keepsTimes;
  }

  /**
   * Adds an event that is never retracted; returns whether that changed anything.
   *
   * @param millis milliseconds since the minute began
   */
  boolean add(int minute, int millis) {
    boolean isNew = add(minute);
    return addTimes(minute, new Span(millis, millis)) || isNew;
  }

  private boolean add(int minute) {
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
   * Adds an event that may be retracted; returns whether that changed anything.
   *
   * @param event hash of the event, by which {@link #retract} finds it
   * @param millis milliseconds since the minute began
   */
  boolean addProvisional(int minute, long event, int millis) {
    return addProvisional(minute, key(event, millis));
  }

  private long key(long event, int millis) {
    return keepsTimes ? (event & ~TIME_BITS) | millis : event;
  }

  private boolean addProvisional(int minute, long key) {
    NavigableMap<Integer, long[]> known = provisional();
    long[] events = known.get(minute);
    all = null;
    if (events != null && events.length == 0) {
      return addTimes(minute, span(key));
    }
    if (events != null && Arrays.binarySearch(events, key) >= 0) {
      return false;
    }
    if (provisionalEvents >= MOST_PROVISIONAL
        && events != null
        && events.length >= MOST_OF_A_MINUTE) {
      boolean unused = addTimes(minute, span(key));
      keepAsWhole(minute);
      return true;
    }
    provisionalEvents++;
    if (events == null) {
      known.put(minute, new long[] {key});
      return true;
    }
    long[] more = Arrays.copyOf(events, events.length + 1);
    more[events.length] = key;
    Arrays.sort(more);
    known.put(minute, more);
    return true;
  }

  private NavigableMap<Integer, long[]> provisional() {
    NavigableMap<Integer, long[]> known = provisional;
    if (known == null) {
      known = new TreeMap<>();
      provisional = known;
    }
    return known;
  }

  private static Span span(long key) {
    int millis = (int) (key & TIME_BITS);
    return new Span(millis, millis);
  }

  /**
   * Drops the hashes of a minute's events, but keeps the minute, so that none of the events can be
   * retracted any more.
   */
  private void keepAsWhole(int minute) {
    long[] before = provisional().put(minute, new long[0]);
    if (before != null) {
      provisionalEvents -= before.length;
      for (long key : before) {
        boolean unused = addTimes(minute, span(key));
      }
    }
    all = null;
  }

  /**
   * Removes a retracted event from its minute; returns false if no hash of the event was kept.
   *
   * @param millis milliseconds since the minute began
   */
  boolean retract(int minute, long event, int millis) {
    NavigableMap<Integer, long[]> known = provisional;
    long[] events = known == null ? null : known.get(minute);
    int at = events == null ? -1 : Arrays.binarySearch(events, key(event, millis));
    if (known == null || events == null || at < 0) {
      return false;
    }
    all = null;
    provisionalEvents--;
    if (events.length == 1) {
      known.remove(minute);
    } else {
      long[] left = new long[events.length - 1];
      System.arraycopy(events, 0, left, 0, at);
      System.arraycopy(events, at + 1, left, at, left.length - at);
      known.put(minute, left);
    }
    return true;
  }

  private boolean addTimes(int minute, Span more) {
    if (!keepsTimes || areTimesDropped) {
      return false;
    }
    NavigableMap<Integer, Span> known = times;
    if (known == null) {
      known = new TreeMap<>();
      times = known;
    }
    Span before = known.get(minute);
    Span now = before == null ? more : before.with(more);
    if (now.equals(before)) {
      return false;
    }
    if (before == null && known.size() == MOST_EXACT) {
      dropTimes();
    } else {
      known.put(minute, now);
    }
    return true;
  }

  /** Returns the times of the events of a minute, or null if they are not known. */
  @Nullable Span times(int minute) {
    if (!hasTimes()) {
      return null;
    }
    Span known = times == null ? null : times.get(minute);
    long[] events = provisional == null ? null : provisional.get(minute);
    if (events != null) {
      for (long key : events) {
        known = Span.of(known, (int) (key & TIME_BITS));
      }
    }
    return known;
  }

  /** Returns whether the times of the first and the last event of each minute are known. */
  boolean hasTimes() {
    return keepsTimes && !areTimesDropped && all().cardinality() <= MOST_EXACT;
  }

  /** Adds the minutes of another fact of the same kind. */
  void addAll(FactMinutes other) {
    if (other.areTimesDropped) {
      dropTimes();
    }
    if (other.times != null) {
      other.times.forEach(this::addTimes);
    }
    if (other.provisional != null) {
      other.provisional.forEach(this::addProvisional);
    }
    if (other.minutes != null) {
      other.minutes.stream().forEach(this::add);
    }
  }

  private void addProvisional(int minute, long[] keys) {
    for (long key : keys) {
      boolean unused = addProvisional(minute, key);
    }
    if (keys.length == 0) { // too many to tell apart
      keepAsWhole(minute);
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

  /**
   * Returns the minutes of events that are never retracted, as state stores them, or null if there
   * are none.
   */
  @Nullable BitSet stored() {
    return minutes;
  }

  /** Returns the retractable events by minute, as state stores them, or null if there are none. */
  @Nullable NavigableMap<Integer, long[]> storedProvisional() {
    return provisional;
  }

  /**
   * Returns the times of events that are never retracted, by minute, as state stores them, or null
   * if they were dropped.
   */
  @Nullable NavigableMap<Integer, Span> storedTimes() {
    if (areTimesDropped) {
      return null;
    }
    return times == null ? Collections.emptyNavigableMap() : times;
  }

  /** Sets the minutes of events that are never retracted, read from state. */
  void restore(BitSet read) {
    minutes = read;
    all = null;
  }

  /** Sets the retractable events of a minute, read from state. */
  void restore(int minute, long[] events) {
    provisional().put(minute, events);
    provisionalEvents += events.length;
    all = null;
  }

  /**
   * Restores from state the first and the last time of those events in a minute that are never
   * retracted.
   */
  void restore(int minute, Span read) {
    boolean unused = addTimes(minute, read);
  }

  /**
   * Drops the times of all events that are never retracted. They are dropped when the events lie in
   * too many minutes.
   */
  void dropTimes() {
    areTimesDropped = true;
    times = null;
  }
}
