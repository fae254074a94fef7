package dev.lockstep.detections.partner;

import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Check whether calls of two facts about a partner lie within an hour of each other. Calls in
 * minutes exactly an hour apart are compared by the times of the facts' first and last calls. If
 * one of the two calls is neither, only its minute is known, and they count as within the hour.
 */
final class CallTimeComparison {
  private static final int HOUR_MINUTES = 60;
  private static final long HOUR_MILLIS = 3_600_000L;

  private CallTimeComparison() {}

  /**
   * Returns whether a call of one fact before the minute {@code before} and a call of the other
   * fact lie within an hour of each other.
   *
   * @param before minute of the first fact's day up to which its calls count, exclusive
   */
  static boolean have(Fact one, int before, Fact other) {
    int shift = (other.day() - one.day()) * DriftJudgement.MINUTES_PER_DAY;
    BitSet minutes = one.minutes();
    BitSet others = other.minutes();
    int minute = minutes.nextSetBit(0);
    while (minute >= 0 && minute < before) {
      int earliest = minute - HOUR_MINUTES - shift;
      int latest = minute + HOUR_MINUTES - shift;
      int found = others.nextSetBit(Math.max(0, earliest + 1));
      if ((found >= 0 && found < latest)
          || isWithin(one, minute, other, earliest)
          || isWithin(one, minute, other, latest)) {
        return true;
      }
      if (found < 0) {
        return false; // later minutes are even further apart
      }
      minute = minutes.nextSetBit(Math.max(minute + 1, found + shift - HOUR_MINUTES));
    }
    return false;
  }

  private static boolean isWithin(Fact one, int minute, Fact other, int otherMinute) {
    if (otherMinute < 0 || !other.minutes().get(otherMinute)) {
      return false;
    }
    Long at = moment(one, minute);
    Long otherAt = moment(other, otherMinute);
    return at == null || otherAt == null || Math.abs(at - otherAt) <= HOUR_MILLIS;
  }

  /**
   * Returns the time of the fact's first or last call if one of them lies in the given minute of
   * its day, otherwise null. The first call is tried first.
   */
  private static @Nullable Long moment(Fact fact, int minute) {
    for (EventReference event : List.of(fact.first(), fact.last())) {
      if (Math.floorMod(event.minute(), (long) DriftJudgement.MINUTES_PER_DAY) == minute) {
        return event.at();
      }
    }
    return null;
  }
}
