package dev.lockstep.app.explain;

import dev.lockstep.rules.Fact;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * Options of an explanation: the days to show, the time of interest, and whether to shorten.
 *
 * @param date only day to show, or null for all
 * @param minute start of the minute that the operator asked about, in milliseconds since 1970;
 *     comparisons near it come first; null if there is none
 * @param all whether nothing is left out
 */
public record ExplainScope(@Nullable LocalDate date, @Nullable Long minute, boolean all) {
  boolean includes(LocalDate day) {
    return date == null || date.equals(day);
  }

  /**
   * Returns how many milliseconds lie between the events of a fact and the minute that the operator
   * asked about. It is 0 without a minute, or if the minute lies between the first and the last
   * event.
   */
  long millisFrom(Fact fact) {
    if (minute == null) {
      return 0;
    }
    return Math.max(0, Math.max(fact.firstAt() - (minute + 59_999), minute - fact.lastAt()));
  }

  /**
   * Returns how many entries of a list are shown: the given number, or all entries if the operator
   * asked for everything.
   */
  int most(int usual) {
    return all ? Integer.MAX_VALUE : usual;
  }

  /**
   * Returns whether each day of the explained subject is printed whole, with its facts and
   * comparisons.
   */
  boolean wide() {
    return all || date != null;
  }
}
