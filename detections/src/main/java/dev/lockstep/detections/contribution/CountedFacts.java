package dev.lockstep.detections.contribution;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Seen;
import java.util.BitSet;
import java.util.List;

/**
 * Static methods that tell which part of a fact counts for a verdict: its minutes, its first and
 * last event, and its addresses. An event counts if it lies in the time window of the verdict and
 * was not retracted.
 */
final class CountedFacts {
  private static final long DAY_MILLIS = 86_400_000L;
  private static final long MINUTE_MILLIS = 60_000L;

  private CountedFacts() {}

  /** Returns the minutes of the UTC day in which the fact has events that count. */
  static BitSet minutes(Fired fired, int place) {
    return fired.fact(place).minutesBetween(fired.from(place), fired.to(place));
  }

  /**
   * Returns the time of a fact's first event that counts for a verdict, or the event's minute if
   * only that is known.
   */
  static long start(Fired fired, int place) {
    Fact fact = fired.fact(place);
    if (!fact.hasExactMinutes() && hasFirst(fired, place)) {
      return fact.firstAt();
    }
    BitSet minutes = minutes(fired, place);
    if (!minutes.isEmpty()) {
      int minute = minutes.nextSetBit(0);
      long at = fact.firstIn(minute);
      if (fact.hasExactMinutes()) {
        return at < fired.from(place) ? fact.lastIn(minute) : at;
      }
      return isFirstOfLastMinute(fact) && fact.lastAt() < at + MINUTE_MILLIS
          ? fact.lastAt()
          : Math.max(fact.firstAt(), at);
    }
    return fact.lastAt();
  }

  /**
   * Returns whether a fact's first event lies in a verdict's time window, and the event's minute
   * has an event that was not retracted.
   */
  static boolean hasFirst(Fired fired, int place) {
    Fact fact = fired.fact(place);
    return fact.firstAt() >= fired.from(place)
        && fact.firstAt() <= fired.to(place)
        && fact.hasEventInFirstMinute();
  }

  /**
   * Returns whether a fact's last event counts for a verdict. It counts if it lies in the verdict's
   * time window, and if at least one event of its minute was not retracted.
   */
  static boolean hasLast(Fired fired, int place) {
    Fact fact = fired.fact(place);
    return fact.lastAt() >= fired.from(place)
        && fact.lastAt() <= fired.to(place)
        && fact.hasEventInLastMinute();
  }

  /**
   * Returns the time of a fact's last event that counts for a verdict, or the event's minute if
   * only that is known.
   */
  static long end(Fired fired, int place) {
    Fact fact = fired.fact(place);
    if (!fact.hasExactMinutes() && hasLast(fired, place)) {
      return fact.lastAt();
    }
    BitSet minutes = minutes(fired, place);
    if (!minutes.isEmpty()) {
      int minute = minutes.length() - 1;
      if (fact.hasExactMinutes()) {
        long at = fact.lastIn(minute);
        return at > fired.to(place) ? fact.firstIn(minute) : at;
      }
      return Math.max(fact.firstAt(), Math.min(fact.lastAt(), fact.firstIn(minute)));
    }
    return fact.firstAt();
  }

  /** Returns whether an address may have been used in the time window of a verdict. */
  static boolean counts(Fired fired, int place, Seen used) {
    long day = fired.fact(place).day() * DAY_MILLIS;
    long from = fired.from(place);
    long to = fired.to(place);
    return (from == Long.MIN_VALUE
            || day + used.lastMinute() * MINUTE_MILLIS
                >= Math.floorDiv(from, MINUTE_MILLIS) * MINUTE_MILLIS)
        && (to == Long.MAX_VALUE || day + used.firstMinute() * MINUTE_MILLIS <= to);
  }

  /**
   * Returns whether a fact still has an event at the address of its first event. The result is
   * false if the first event was retracted and no other event had its address.
   *
   * @param most number of addresses that a fact keeps at most
   */
  static boolean hasFirstAddress(Location at, Fact fact, int most) {
    List<Seen> addresses = fact.addresses();
    return !fact.kind().keepsAddresses()
        || addresses.size() >= most
        || addresses.stream().anyMatch(used -> used.text().equals(at.address().text()));
  }

  /** Returns whether a fact keeps the first event of its last minute, not its very last event. */
  private static boolean isFirstOfLastMinute(Fact fact) {
    return !fact.kind().hasRuns() && !fact.kind().hasExactEnd();
  }
}
