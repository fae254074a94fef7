package dev.lockstep.rules;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.schemas.Principal;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Statement of a rule about a subject on one UTC day. If the rule makes the same statement about
 * several events of that day, these events share one fact.
 *
 * <p>If the kind splits its facts into runs ({@link FactKind.Builder#runs}), the first and last
 * event of a fact are exact to the millisecond. The last event of another kind's fact is the first
 * event of its minute, unless the kind keeps the exact end ({@link FactKind.Builder#exactEnd}).
 */
public interface Fact {
  FactKind kind();

  /** Returns the UTC day of the fact as the number of days since 1970. */
  int day();

  /** Returns the value of a boolean field. It is false if no event set it. */
  boolean is(Field flag);

  /** Returns the value of a number field. It is 0 if no event set it. */
  long number(Field number);

  /** Returns the value of a text field, or null if no event set it. */
  @Nullable String text(Field text);

  /**
   * Returns the kept members of a set field, sorted by text. A full set has the members with the
   * smallest hashes.
   */
  List<Seen> members(Field set);

  /** Returns whether a set field has a member, without a search through all of its members. */
  boolean has(Field set, String member);

  /**
   * Returns address, place and network of the fact's first event, or null if the address is unknown
   * or the rule omitted it.
   */
  @Nullable Location location();

  /**
   * Returns the principal of the fact's first event, or null if it is unknown or the rule omitted
   * it. It has the alphabetically first of its names.
   */
  @Nullable Principal principal();

  /** Returns the first event of the fact, even if that event was retracted. */
  EventReference first();

  /**
   * Returns the last event that the fact keeps. Kinds with {@link FactKind.Builder#runs} or {@link
   * FactKind.Builder#exactEnd} keep the very last event. Other kinds keep the first event of the
   * last minute.
   */
  EventReference last();

  /** Returns the time of the event that {@link #first} returns, in milliseconds since 1970. */
  long firstAt();

  /** Returns the time of the event that {@link #last} returns, in milliseconds since 1970. */
  long lastAt();

  /**
   * Returns whether this fact began before another one. The first events decide, in the order of
   * {@link EventOrder#earlier}, and {@link #traits} if they are the same event.
   */
  default boolean isBefore(Fact other) {
    EventReference mine = first();
    EventReference its = other.first();
    return mine.equals(its)
        ? traits().compareTo(other.traits()) <= 0
        : EventOrder.earlier(mine, its) == mine;
  }

  /**
   * Returns whether the time spans of two facts overlap or are at most {@code millis} milliseconds
   * apart.
   *
   * @param millis largest gap between the time spans
   */
  default boolean isWithin(long millis, Fact other) {
    return millisBetween(other) <= millis;
  }

  /**
   * Returns the gap in milliseconds between the time spans of this fact and another fact. It runs
   * from the end of the earlier fact to the start of the later one. It is 0 or less if the time
   * spans overlap. If the first event of a fact no longer counts, the span begins with the first
   * minute that counts. If the last event no longer counts, the span ends with the last such
   * minute.
   */
  default long millisBetween(Fact other) {
    return Math.max(startOf(this) - endOf(other), startOf(other) - endOf(this));
  }

  private static long startOf(Fact fact) {
    if (fact.hasExactMinutes() && !fact.minutes().isEmpty()) {
      return fact.firstIn(fact.minutes().nextSetBit(0));
    }
    int minute = fact.hasEventInFirstMinute() ? -1 : fact.minutes().nextSetBit(0);
    return minute < 0
        ? fact.firstAt()
        : Math.max(fact.firstAt(), MinuteFacts.startOf(fact.day(), minute));
  }

  private static long endOf(Fact fact) {
    if (fact.hasExactMinutes() && !fact.minutes().isEmpty()) {
      return fact.lastIn(fact.minutes().length() - 1);
    }
    int minute = fact.hasEventInLastMinute() ? 0 : fact.minutes().length();
    return minute == 0
        ? fact.lastAt()
        : Math.min(fact.lastAt(), MinuteFacts.startOf(fact.day(), minute) - 1);
  }

  /**
   * Returns the minutes of the UTC day, from 0 to 1439, in which the fact has events. The set must
   * not be changed. It is empty for a kind that keeps no minutes.
   */
  BitSet minutes();

  /**
   * Returns whether the fact has the exact times of the first and the last event of each of its
   * minutes. The fact has them if its kind declares {@link FactKind.Builder#exactMinutes} and at
   * most 16 minutes have events.
   */
  default boolean hasExactMinutes() {
    return false;
  }

  /**
   * Returns the time of the first event in a minute in which the fact has events. If that time is
   * not known, the result is the start of the minute.
   *
   * @param minute minute of the UTC day, from 0 to 1439
   * @return milliseconds since 1970
   */
  default long firstIn(int minute) {
    return MinuteFacts.ofDay(firstAt()) == minute ? firstAt() : MinuteFacts.startOf(day(), minute);
  }

  /**
   * Returns the time of the last event in a minute in which the fact has events. If that time is
   * not known, the result is the last millisecond of the minute.
   *
   * @param minute minute of the UTC day, from 0 to 1439
   * @return milliseconds since 1970
   */
  default long lastIn(int minute) {
    return kind().hasJudgedEnd() && MinuteFacts.ofDay(lastAt()) == minute
        ? lastAt()
        : MinuteFacts.startOf(day(), minute + 1) - 1;
  }

  /**
   * Returns the minutes of the UTC day in which the fact has an event between two times. The set
   * must not be changed. A minute that lies in the range in part counts if an event in that part is
   * known, or if the times of its events are not known.
   *
   * @param from start of the range in milliseconds since 1970, inclusive
   * @param to end of the range in milliseconds since 1970, inclusive
   */
  default BitSet minutesBetween(long from, long to) {
    long start = MinuteFacts.startOf(day(), 0);
    long end = MinuteFacts.startOf(day() + 1, 0) - 1;
    if (from <= start && to >= end) {
      return minutes();
    }
    BitSet between = (BitSet) minutes().clone();
    if (from > end || to < start) {
      between.clear();
      return between;
    }
    if (from > start) {
      int minute = MinuteFacts.ofDay(from);
      between.clear(0, minute);
      between.set(minute, between.get(minute) && lastIn(minute) >= from);
    }
    if (to < end) {
      int minute = MinuteFacts.ofDay(to);
      between.clear(minute + 1, between.length() + minute + 1);
      between.set(minute, between.get(minute) && firstIn(minute) <= to);
    }
    return between;
  }

  /**
   * Returns whether the fact has an event at most {@code millis} milliseconds before or after the
   * time span of another fact. This is as exact as {@link #minutesBetween}.
   */
  default boolean hasEventWithin(long millis, Fact other) {
    return !minutesBetween(other.firstAt() - millis, other.lastAt() + millis).isEmpty();
  }

  /** Returns whether the fact has an unretracted event in the minute of {@link #first}. */
  default boolean hasEventInFirstMinute() {
    return counts(first());
  }

  /** Returns whether the fact has an unretracted event in the minute of {@link #last}. */
  default boolean hasEventInLastMinute() {
    return counts(last());
  }

  private boolean counts(EventReference event) {
    return !kind().isRetractable() || minutes().get(MinuteFacts.ofDay(event.at()));
  }

  /**
   * Returns the kept addresses of the fact's events, sorted by text. It is empty for a kind that
   * keeps no addresses. If there were too many, the list has the addresses with the smallest
   * hashes.
   */
  List<Seen> addresses();

  /**
   * Returns the aggregate that keeps the fact's events.
   *
   * @throws IllegalStateException if the kind has none
   */
  Aggregate aggregate();

  /**
   * Returns a text of all values that distinguish this fact from others of its kind. It is the last
   * criterion for sorting.
   */
  String traits();
}
