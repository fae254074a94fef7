package dev.lockstep.rules;

import dev.lockstep.schemas.Alert;
import java.util.List;

/**
 * Defender alert that names a subject.
 *
 * @param alert union of the alert's records, without its addresses; {@code accounts} also holds the
 *     accounts that its account names were resolved to
 * @param times event times of the alert's records in milliseconds since 1970, ascending
 * @param records references to the first few records of the alert
 * @param overflow if the alert names more than is kept of it, or if more alerts of its day name the
 *     subject than are kept
 */
public record AlertOnSubject(
    Alert alert, List<Long> times, List<EventReference> records, boolean overflow) {
  public AlertOnSubject {
    times = List.copyOf(times);
    records = List.copyOf(records);
  }

  /**
   * Returns whether a time is at most {@code minutes} minutes before or after one of the alert's
   * event times.
   *
   * @param at milliseconds since 1970
   * @param minutes largest distance, before or after
   */
  public boolean isWithin(long at, int minutes) {
    for (long time : times) {
      if (Math.abs(time - at) <= minutes * 60_000L) {
        return true;
      }
    }
    return false;
  }
}
