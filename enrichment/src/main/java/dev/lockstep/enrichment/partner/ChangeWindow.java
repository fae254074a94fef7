package dev.lockstep.enrichment.partner;

import org.jspecify.annotations.Nullable;

/**
 * Period in which a partner's networks change, as the partner announced.
 *
 * @param from first moment in milliseconds since 1970
 * @param to first moment after the period in milliseconds since 1970, later than {@code from}
 * @param note purpose, or null
 */
public record ChangeWindow(long from, long to, @Nullable String note) {

  /**
   * Creates a change window, and checks its bounds.
   *
   * @throws IllegalArgumentException if it does not end later than it begins
   */
  public ChangeWindow {
    if (to <= from) {
      throw new IllegalArgumentException(
          "the end of a change window, " + to + ", is not later than its start, " + from);
    }
  }

  boolean contains(long at) {
    return at >= from && at < to;
  }
}
