package dev.lockstep.sentinel.delivery;

/**
 * The most that goes in a UTC day; beyond, severity High only.
 *
 * @param rows at least 1; {@link Long#MAX_VALUE} for no bound
 * @param bytes of rows, as JSON before compression, at least 1; {@link Long#MAX_VALUE} for no bound
 */
public record DailyBudget(long rows, long bytes) {
  /** From which part of it on an alarm is due. */
  public static final double NEAR = 0.8;

  /**
   * Validates.
   *
   * @throws IllegalArgumentException with the fix
   */
  public DailyBudget {
    if (rows < 1 || bytes < 1) {
      throw new IllegalArgumentException(
          "could not configure a daily budget: %d rows, %d bytes; take at least 1 of each"
              .formatted(rows, bytes));
    }
  }

  /** Returns if one more row of that size is within it. */
  boolean hasRoomFor(long rowsGone, long bytesGone, int rowBytes) {
    return rowsGone < rows && bytesGone + rowBytes <= bytes;
  }

  /** Returns the part of it that is used: 1 is all of it. */
  double used(long rowsGone, long bytesGone) {
    return Math.max((double) rowsGone / rows, (double) bytesGone / bytes);
  }
}
