package dev.lockstep.sentinel.delivery;

import java.time.Duration;

/**
 * Waits between attempts to send rows, which double from the first wait to a longest one. There are
 * two longest waits: one after a failure that passes, and one while the sink refuses. A sink can
 * ask for a longer wait by the header {@code Retry-After}, up to an hour; that limit is in {@code
 * RetryAfter} of the package {@code sink}.
 *
 * @param firstBackoff wait before the first repetition; it doubles with each further one
 * @param longestBackoff longest wait after a failure that passes, such as a broken connection; only
 *     the sink can ask for more, up to an hour
 * @param recheckEvery longest wait between attempts while the sink refuses the identity or the
 *     target, or refuses one row again and again
 */
public record BackoffSettings(
    Duration firstBackoff, Duration longestBackoff, Duration recheckEvery) {
  static final BackoffSettings USUAL =
      new BackoffSettings(Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofSeconds(30));

  /**
   * Creates the settings of the waits between attempts to send rows.
   *
   * @throws IllegalArgumentException if a time is not above zero, or the longest wait is shorter
   *     than the first; its message has the fix
   */
  public BackoffSettings {
    checkPositive("firstBackoff", firstBackoff);
    checkPositive("longestBackoff", longestBackoff);
    checkPositive("recheckEvery", recheckEvery);
    if (longestBackoff.compareTo(firstBackoff) < 0) {
      throw new IllegalArgumentException(
          "could not configure forwarding: longestBackoff %s is shorter than firstBackoff %s; raise longestBackoff"
              .formatted(longestBackoff, firstBackoff));
    }
  }

  /**
   * Returns the wait before the next attempt while the sink refuses. Each wait is twice as long as
   * the one before, up to {@link #recheckEvery}.
   *
   * @param waits number of waits that went before, 0 for the first wait
   */
  Duration recheckAfter(int waits) {
    Duration wait = firstBackoff.multipliedBy(1L << Math.min(waits, 20));
    return wait.compareTo(recheckEvery) < 0 ? wait : recheckEvery;
  }

  private static void checkPositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          "could not configure forwarding: %s is %s; give a time above zero"
              .formatted(name, value));
    }
  }
}
