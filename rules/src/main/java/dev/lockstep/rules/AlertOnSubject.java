package dev.lockstep.rules;

import dev.lockstep.schemas.Alert;
import java.util.List;

/**
 * Defender alert on a subject.
 *
 * @param alert what all its records say together, but for the addresses that it names; {@code
 *     accounts} holds those too that one of its names turned out to stand for
 * @param times of its records, ascending, milliseconds since 1970: each is a time of the alert
 * @param records the first few of its records
 */
public record AlertOnSubject(Alert alert, List<Long> times, List<EventReference> records) {
  /** Copies. */
  public AlertOnSubject {
    times = List.copyOf(times);
    records = List.copyOf(records);
  }

  /** Returns if a moment lies within so many minutes of one of the alert's times. */
  public boolean isWithin(long at, int minutes) {
    for (long time : times) {
      if (Math.abs(time - at) <= minutes * 60_000L) {
        return true;
      }
    }
    return false;
  }
}
