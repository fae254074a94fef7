package dev.lockstep.sentinel.delivery;

/**
 * Number of rows and bytes in a UTC day above which an instance holds back rows of severity Medium
 * and below. Withdrawals and rows of severity High are sent beyond it, and count too. {@link
 * SendQuota} decides about a row.
 *
 * @param rows at least 1; {@link Long#MAX_VALUE} for no limit
 * @param bytes bytes of rows as JSON before compression, at least 1; {@link Long#MAX_VALUE} for no
 *     limit
 */
public record DailyBudget(long rows, long bytes) {
  /** Used share of the daily budget that makes an alarm due, where 1 is the whole budget. */
  public static final double NEAR = 0.8;

  /**
   * Creates a budget.
   *
   * @throws IllegalArgumentException if {@code rows} or {@code bytes} is below 1; its message has
   *     the fix
   */
  public DailyBudget {
    if (rows < 1 || bytes < 1) {
      throw new IllegalArgumentException(
          "could not configure a daily budget of %d rows and %d bytes; give at least 1 of each"
              .formatted(rows, bytes));
    }
  }

  boolean hasRoomFor(long rowsGone, long bytesGone, int rowBytes) {
    return rowsGone < rows && bytesGone + rowBytes <= bytes;
  }

  double used(long rowsGone, long bytesGone) {
    return Math.max((double) rowsGone / rows, (double) bytesGone / bytes);
  }
}
