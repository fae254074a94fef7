package dev.lockstep.rules;

import dev.lockstep.schemas.Alert;
import java.util.List;

/**
 * Defender alert that names a subject.
 *
 * @param alert union of the alert's records, without addresses; its {@code accounts} also holds the
 *     object ids that were found for account names in the alert
 * @param times event times of the alert's records in milliseconds since 1970, ascending; at most
 *     256 are kept
 * @param records references to the first few records of the alert
 * @param overflow if something was dropped because there was too much of it: accounts, account
 *     names or addresses of the alert, or other alerts of its day that name the subject
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
