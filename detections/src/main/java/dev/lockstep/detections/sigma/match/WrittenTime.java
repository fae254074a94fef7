package dev.lockstep.detections.sigma.match;

import dev.lockstep.schemas.text.Timestamps;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Parser of times and dates in the values of log records. It reads times in the forms in which
 * ingest reads them ({@link Timestamps}), and dates without a time.
 */
final class WrittenTime {
  private static final int SHORTEST = "1/2/2026".length();
  private static final String MIDNIGHT = " 00:00";

  private WrittenTime() {}

  /**
   * Returns a text as a time in UTC, or null if it is no time. A time without an offset is taken as
   * UTC, and a date without a time as midnight.
   */
  static @Nullable LocalDateTime parse(String text) {
    if (text.length() < SHORTEST || !isBeginning(text.charAt(0))) {
      return null;
    }
    boolean isDateAlone = text.charAt(0) != '/' && text.indexOf(':') < 0;
    long millis = Timestamps.parse(isDateAlone ? text + MIDNIGHT : text);
    return millis == Timestamps.UNREADABLE
        ? null
        : LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
  }

  private static boolean isBeginning(char c) {
    return c == '/' || (c >= '0' && c <= '9');
  }
}
