package dev.lockstep.detections.sigma.match;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parser of the times that some Azure logs write with slashes and the month first, such as {@code
 * 1/2/2026 3:04:05 PM}, {@code 01/02/2026 15:04:05} and {@code 1/2/2026 3:04:05 PM +01:00}.
 */
final class MonthFirstTime {
  private static final DateTimeFormatter HALF_DAYS = form("h:mm", true);
  private static final DateTimeFormatter DAYS = form("H:mm", false);

  private MonthFirstTime() {}

  private static DateTimeFormatter form(String hour, boolean hasHalf) {
    DateTimeFormatterBuilder form =
        new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("M/d/uuuu[ " + hour + "[:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .optionalEnd();
    if (hasHalf) {
      form.appendLiteral(' ').appendText(ChronoField.AMPM_OF_DAY, Map.of(0L, "AM", 1L, "PM"));
    }
    return form.appendPattern("[ XXX][XXX]]")
        .toFormatter(Locale.ROOT)
        .withResolverStyle(ResolverStyle.STRICT);
  }

  /**
   * Returns a text with the month first, such as {@code 1/2/2026 3:04:05 PM}, as a time in UTC, or
   * null if it has another form. A time without an offset is taken as UTC, and a date without a
   * time as midnight.
   */
  static @Nullable LocalDateTime parse(String text) {
    boolean hasHalf = text.indexOf('M') >= 0 || text.indexOf('m') >= 0;
    try {
      TemporalAccessor time =
          (hasHalf ? HALF_DAYS : DAYS)
              .parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
      if (time instanceof OffsetDateTime at) {
        return at.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
      }
      return time instanceof LocalDateTime at ? at : LocalDate.from(time).atStartOfDay();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
