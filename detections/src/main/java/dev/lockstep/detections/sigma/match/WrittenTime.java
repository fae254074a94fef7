package dev.lockstep.detections.sigma.match;

import static java.time.temporal.ChronoField.AMPM_OF_DAY;
import static java.time.temporal.ChronoField.CLOCK_HOUR_OF_AMPM;
import static java.time.temporal.ChronoField.DAY_OF_MONTH;
import static java.time.temporal.ChronoField.HOUR_OF_DAY;
import static java.time.temporal.ChronoField.MINUTE_OF_HOUR;
import static java.time.temporal.ChronoField.MONTH_OF_YEAR;
import static java.time.temporal.ChronoField.NANO_OF_SECOND;
import static java.time.temporal.ChronoField.SECOND_OF_MINUTE;
import static java.time.temporal.ChronoField.YEAR;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parser of the times that Azure logs write. The forms are those in which ingest reads times, such
 * as {@code 2026-01-02T03:04:05.1234567Z}, {@code 2026-01-02T3: 04: 05} and {@code 1/2/2026 3:04:05
 * PM} with the month first, and dates without a time.
 */
final class WrittenTime {
  private static final int SHORTEST = "1/2/2026".length();
  private static final int LONGEST = 64;
  private static final String MILLIS_BEGIN = "/Date(";
  private static final String MILLIS_END = ")/";
  private static final int MOST_DIGITS = 15; // beyond the year 9999

  private static final DateTimeFormatter YEAR_FIRST =
      form('-', List.of(YEAR, MONTH_OF_YEAR, DAY_OF_MONTH), HOUR_OF_DAY);
  private static final DateTimeFormatter MONTH_FIRST =
      form('/', List.of(MONTH_OF_YEAR, DAY_OF_MONTH, YEAR), HOUR_OF_DAY);
  private static final DateTimeFormatter HALF_DAYS =
      form('/', List.of(MONTH_OF_YEAR, DAY_OF_MONTH, YEAR), CLOCK_HOUR_OF_AMPM);

  private WrittenTime() {}

  private static DateTimeFormatter form(char between, List<ChronoField> date, ChronoField hour) {
    DateTimeFormatterBuilder form = new DateTimeFormatterBuilder().parseCaseInsensitive();
    number(form, date.get(0)).appendLiteral(between);
    number(form, date.get(1)).appendLiteral(between);
    number(form, date.get(2)).optionalStart().appendLiteral('T');
    number(form, hour).appendLiteral(':');
    number(form, MINUTE_OF_HOUR).optionalStart().appendLiteral(':');
    number(form, SECOND_OF_MINUTE).appendFraction(NANO_OF_SECOND, 0, 9, true).optionalEnd();
    if (hour == CLOCK_HOUR_OF_AMPM) {
      form.appendText(AMPM_OF_DAY, Map.of(0L, "AM", 1L, "PM"));
    }
    return form.optionalStart()
        .parseLenient() // with or without minutes and colon
        .appendOffset("+HH", "Z")
        .parseStrict()
        .optionalEnd()
        .optionalEnd()
        .toFormatter(Locale.ROOT)
        .withResolverStyle(ResolverStyle.STRICT);
  }

  private static DateTimeFormatterBuilder number(DateTimeFormatterBuilder form, ChronoField field) {
    return field == YEAR
        ? form.appendValue(field, 4)
        : form.appendValue(field, 1, 2, SignStyle.NOT_NEGATIVE);
  }

  /**
   * Returns a text as a time in UTC, or null if it is no time. A time without an offset is taken as
   * UTC, and a date without a time as midnight.
   */
  static @Nullable LocalDateTime parse(String text) {
    if (text.length() < SHORTEST || text.length() > LONGEST) {
      return null;
    }
    if (text.startsWith(MILLIS_BEGIN)) {
      return counted(text);
    }
    if (!isDigit(text.charAt(0))) {
      return null;
    }
    String joined = joined(text);
    DateTimeFormatter form =
        joined.indexOf('/') < 0
            ? YEAR_FIRST
            : joined.indexOf('M') < 0 && joined.indexOf('m') < 0 ? MONTH_FIRST : HALF_DAYS;
    try {
      TemporalAccessor time =
          form.parseBest(joined, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
      if (time instanceof OffsetDateTime at) {
        return at.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
      }
      return time instanceof LocalDateTime at ? at : LocalDate.from(time).atStartOfDay();
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** Returns the time of a text such as {@code /Date(1735787045000)/}, or null. */
  private static @Nullable LocalDateTime counted(String text) {
    int end = text.length() - MILLIS_END.length();
    String digits = text.substring(MILLIS_BEGIN.length(), Math.max(MILLIS_BEGIN.length(), end));
    boolean isCount =
        text.endsWith(MILLIS_END)
            && !digits.isEmpty()
            && digits.length() <= MOST_DIGITS
            && digits.chars().allMatch(c -> isDigit((char) c));
    return isCount
        ? LocalDateTime.ofInstant(Instant.ofEpochMilli(Long.parseLong(digits)), ZoneOffset.UTC)
        : null;
  }

  /** Removes blanks, and puts a {@code T} in place of blanks between two digits. */
  private static String joined(String text) {
    StringBuilder joined = new StringBuilder(text.length());
    boolean isAfterBlank = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ' || c == '\t' || c == '\u00a0' || c == '\u202f') {
        isAfterBlank = true;
        continue;
      }
      int last = joined.length() - 1;
      if (isAfterBlank && isDigit(c) && last >= 0 && isDigit(joined.charAt(last))) {
        joined.append('T');
      }
      joined.append(c);
      isAfterBlank = false;
    }
    return joined.toString();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
