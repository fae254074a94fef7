package dev.lockstep.app.explain;

import dev.lockstep.rules.Fact;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * How much of an explanation is shown.
 *
 * @param date the one day, null for all
 * @param minute the time that comparisons are ordered by, null for none; milliseconds since 1970
 * @param all whether nothing is left out
 */
public record ExplainScope(@Nullable LocalDate date, @Nullable Long minute, boolean all) {
  boolean includes(LocalDate day) {
    return date == null || date.equals(day);
  }

  /**
   * Returns how far the events of a fact lie from the asked minute, 0 if none was asked or it is
   * among them.
   */
  long millisFrom(Fact fact) {
    if (minute == null) {
      return 0;
    }
    return Math.max(0, Math.max(fact.firstAt() - minute, minute - 60_000 - fact.lastAt()));
  }

  /** Returns whether each day is shown whole. */
  boolean wide() {
    return all || date != null;
  }
}
