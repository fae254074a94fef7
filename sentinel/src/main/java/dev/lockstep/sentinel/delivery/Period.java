package dev.lockstep.sentinel.delivery;

import java.time.Instant;

/**
 * Period in which sent rows are counted, by the forwarder's clock: an hour of one rule, or a UTC
 * day of all rules.
 *
 * @param scope rule id, or {@link #ALL_RULES}
 * @param hours length in hours: 1 or 24
 * @param number number of the period since 1970
 * @param high if only rows of severity High are counted
 */
record Period(String scope, int hours, long number, boolean high) {
  static final String ALL_RULES = "*";
  private static final int HOUR_SECONDS = 3_600;
  private static final int DAY_HOURS = 24;

  Period(String scope, int hours, long number) {
    this(scope, hours, number, false);
  }

  static Period hour(String rule, Instant at) {
    return new Period(rule, 1, Math.floorDiv(at.getEpochSecond(), HOUR_SECONDS));
  }

  static Period highHour(String rule, Instant at) {
    return new Period(rule, 1, Math.floorDiv(at.getEpochSecond(), HOUR_SECONDS), true);
  }

  static Period day(Instant at) {
    return new Period(
        ALL_RULES, DAY_HOURS, Math.floorDiv(at.getEpochSecond(), HOUR_SECONDS * DAY_HOURS));
  }

  Instant from() {
    return Instant.ofEpochSecond(number * hours * HOUR_SECONDS);
  }

  Instant to() {
    return Instant.ofEpochSecond((number + 1) * hours * HOUR_SECONDS);
  }

  boolean isOver(Instant now) {
    return !to().isAfter(now);
  }

  boolean isDay() {
    return hours == DAY_HOURS;
  }
}
