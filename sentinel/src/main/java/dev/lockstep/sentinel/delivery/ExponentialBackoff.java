package dev.lockstep.sentinel.delivery;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Generator of waiting times that double up to a maximum, each shortened at random by up to a half.
 */
final class ExponentialBackoff {
  private final Duration first;
  private final Duration longest;
  private final RandomGenerator random;
  private int failures;

  ExponentialBackoff(Duration first, Duration longest, RandomGenerator random) {
    this.first = first;
    this.longest = longest;
    this.random = random;
  }

  Duration next() {
    long whole =
        Math.min(longest.toMillis(), Math.max(1, first.toMillis()) << Math.min(failures, 20));
    failures++;
    return Duration.ofMillis(whole / 2 + random.nextLong(whole - whole / 2) + 1);
  }

  void reset() {
    failures = 0;
  }
}
