package dev.lockstep.detections.partner;

import dev.lockstep.rules.Fact;
import java.util.BitSet;

/**
 * Check whether calls of two facts about a partner lie within an hour of each other. If the minutes
 * of two calls are exactly an hour apart, the last call of the earlier minute is compared with the
 * first call of the later minute. A fact with calls in many minutes may keep only the minute of a
 * call. Such a call may count as within the hour although it is up to a minute further away.
 */
final class CallsWithinHour {
  private static final int HOUR_MINUTES = 60;
  private static final long HOUR_MILLIS = 3_600_000L;

  private CallsWithinHour() {}

  /**
   * Returns whether calls of two facts lie within an hour of each other. Of the first fact only
   * calls before the minute {@code before} count.
   *
   * @param before minute of the first fact's day up to which its calls count, exclusive
   */
  static boolean exist(Fact one, int before, Fact other) {
    int shift = (other.day() - one.day()) * DriftJudgement.MINUTES_PER_DAY;
    BitSet minutes = one.minutes();
    BitSet others = other.minutes();
    int minute = minutes.nextSetBit(0);
    while (minute >= 0 && minute < before) {
      int earliest = minute - HOUR_MINUTES - shift;
      int latest = minute + HOUR_MINUTES - shift;
      int found = others.nextSetBit(Math.max(0, earliest + 1));
      if ((found >= 0 && found < latest)
          || (has(other, earliest) && isWithin(other, earliest, one, minute))
          || (has(other, latest) && isWithin(one, minute, other, latest))) {
        return true;
      }
      if (found < 0) {
        return false; // later minutes are even further apart
      }
      minute = minutes.nextSetBit(Math.max(minute + 1, found + shift - HOUR_MINUTES));
    }
    return false;
  }

  private static boolean has(Fact fact, int minute) {
    return minute >= 0 && fact.minutes().get(minute);
  }

  private static boolean isWithin(Fact earlier, int minute, Fact later, int laterMinute) {
    return later.firstIn(laterMinute) - earlier.lastIn(minute) <= HOUR_MILLIS;
  }
}
