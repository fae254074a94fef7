package dev.lockstep.capture.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;

/**
 * Calendar of the bundled capture, with days 0 to 25 in UTC. Most cases happen on the last two,
 * which are called dense.
 */
final class CaptureDays {
  static final int COUNT = 26;
  static final int FIRST_DENSE = 24;
  static final int LAST = 25;

  private static final LocalDate FIRST = LocalDate.of(2026, 10, 26);

  private CaptureDays() {}

  static Instant at(int day, String time) {
    return FIRST.plusDays(day).atTime(LocalTime.parse(time)).toInstant(ZoneOffset.UTC);
  }

  static String date(int day) {
    return FIRST.plusDays(day).toString();
  }

  static boolean weekend(int day) {
    return FIRST.plusDays(day).getDayOfWeek().getValue() > 5;
  }

  static Duration minutes(long minutes) {
    return Duration.ofMinutes(minutes);
  }
}
