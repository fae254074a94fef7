package dev.lockstep.detections.state;

import java.util.Arrays;
import java.util.BitSet;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Minutes of the UTC day in which a fact has events. A minute whose events may all be retracted is
 * kept until each of them is.
 */
final class FactMinutes {
  /**
   * Largest number of events in one minute that are kept singly, so that each can be retracted.
   * With more events only the minute is kept, and no retraction removes it.
   */
  private static final int MOST_PROVISIONAL = 8;

  private static final BitSet NONE = new BitSet(0);

  private @Nullable BitSet minutes;

  /**
   * Hashes of the retractable events, by minute. An empty array stands for too many events to keep.
   */
  private @Nullable NavigableMap<Integer, long[]> provisional;

  private @Nullable BitSet all;

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
    if (events == null) {
      known.put(minute, new long[] {event});
      return true;
    }
    if (events.length == 0 || Arrays.binarySearch(events, event) >= 0) {
      return false;
    }
    if (events.length == MOST_PROVISIONAL) {
      known.put(minute, new long[0]);
      return true;
    }
    long[] more = Arrays.copyOf(events, events.length + 1);
    more[events.length] = event;
    Arrays.sort(more);
    known.put(minute, more);
    return true;
  }

  /** Removes a retracted event of a minute; returns whether the event was kept. */
  boolean retract(int minute, long event) {
    NavigableMap<Integer, long[]> known = provisional;
    long[] events = known == null ? null : known.get(minute);
    int at = events == null ? -1 : Arrays.binarySearch(events, event);
    if (known == null || events == null || at < 0) {
      return false;
    }
    all = null;
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

  /** Adds the minutes of another fact. */
  void addAll(FactMinutes other) {
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
    all = null;
  }
}
