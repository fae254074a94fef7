package dev.lockstep.detections;

import java.time.LocalDate;

/** UTC days, counted from 1970. */
final class Days {
  static final long MILLIS = 86_400_000L;
  static final int MINUTES = 1440;

  private Days() {}

  static int of(long millis) {
    return (int) Math.floorDiv(millis, MILLIS);
  }

  static int minuteOfDay(long millis) {
    return (int) (Math.floorMod(millis, MILLIS) / 60_000);
  }

  static long minute(long millis) {
    return Math.floorDiv(millis, 60_000L);
  }

  static String text(int day) {
    return LocalDate.ofEpochDay(day).toString();
  }
}
