package dev.lockstep.enrichment.partner;

import org.jspecify.annotations.Nullable;

/**
 * A time in which a partner said that its networks change.
 *
 * @param from first moment, milliseconds since 1970
 * @param to first moment after it, milliseconds since 1970, later than {@code from}
 * @param note what for, or null
 */
public record ChangeWindow(long from, long to, @Nullable String note) {

  /** Checks the order. */
  public ChangeWindow {
    if (to <= from) {
      throw new IllegalArgumentException("change window ends at " + to + ", begins at " + from);
    }
  }

  boolean contains(long at) {
    return at >= from && at < to;
  }
}
