package dev.lockstep.app.terminal;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Parser of times and durations as people write them. */
public final class TimeText {
  private static final int DAY_CHARS = "2026-11-19".length();
  private static final int MOST_DAYS = 365;

  private TimeText() {}

  /**
   * Parses an ISO 8601 time with offset, or a date, and returns null for any other text. A date
   * means the start of that day in UTC.
   */
  public static @Nullable Instant instant(String text) {
    String given = text.strip();
    try {
      return given.length() == DAY_CHARS
          ? LocalDate.parse(given).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(given).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  /**
   * Parses a duration of less than 366 days, and returns null for any other text. A duration is a
   * number with s, m, h or d, or ISO 8601. The result is null as well for zero, and for a negative
   * or longer duration.
   */
  public static @Nullable Duration duration(String text) {
    String given = text.strip().toLowerCase(Locale.ROOT);
    try {
      Duration found = given.startsWith("p") ? Duration.parse(given) : numbered(given);
      boolean fits = !found.isNegative() && !found.isZero() && found.toDays() <= MOST_DAYS;
      return fits ? found : null;
    } catch (DateTimeParseException | NumberFormatException | ArithmeticException e) {
      return null;
    }
  }

  private static Duration numbered(String given) {
    int last = given.length() - 1;
    if (last < 1) {
      return Duration.ZERO;
    }
    long number = Long.parseLong(given.substring(0, last));
    return switch (given.charAt(last)) {
      case 's' -> Duration.ofSeconds(number);
      case 'm' -> Duration.ofMinutes(number);
      case 'h' -> Duration.ofHours(number);
      case 'd' -> Duration.ofDays(number);
      default -> Duration.ZERO;
    };
  }
}
