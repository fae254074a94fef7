package dev.lockstep.schemas.text;

import static java.time.temporal.ChronoField.AMPM_OF_DAY;
import static java.time.temporal.ChronoField.CLOCK_HOUR_OF_AMPM;
import static java.time.temporal.ChronoField.DAY_OF_MONTH;
import static java.time.temporal.ChronoField.HOUR_OF_DAY;
import static java.time.temporal.ChronoField.MINUTE_OF_HOUR;
import static java.time.temporal.ChronoField.MONTH_OF_YEAR;
import static java.time.temporal.ChronoField.NANO_OF_SECOND;
import static java.time.temporal.ChronoField.OFFSET_SECONDS;
import static java.time.temporal.ChronoField.SECOND_OF_MINUTE;
import static java.time.temporal.ChronoField.YEAR;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Month;
import java.time.Year;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.NullMarked;

/**
 * Parser of the times that Azure writes, to milliseconds since 1970. The forms are {@code
 * 2025-01-02T03:04:05.1234567Z}, {@code 1/2/2025 3:04:05 AM}, and {@code 01/02/2025 03:04:05}
 * (month first). In each form the seconds, their fraction (0 to 9 digits) and the offset may be
 * missing; a time without an offset is UTC. Blanks between the parts are skipped, and an hour may
 * have one digit. {@code /Date(1735787045000)/}, which Windows PowerShell writes in JSON, is read
 * too.
 */
@NullMarked
public final class Timestamps {
  /** Value that {@link #parse} returns for a text that is not a time. */
  public static final long UNREADABLE = Long.MIN_VALUE;

  /** Last second of the year 9999, in seconds since 1970. */
  public static final long LAST_SECOND = 253_402_300_799L;

  private static final long DAY_MILLIS = 86_400_000L;
  private static final int NANOS_OF_MILLI = 1_000_000;
  private static final int LONGEST = 64;
  private static final String MILLIS_BEGIN = "/Date(";
  private static final String MILLIS_END = ")/";
  private static final int MOST_COUNTED = MILLIS_BEGIN.length() + 18;
  private static final String UTC_OFFSET = "+00:00";
  private static final long LAST_MILLIS = LAST_SECOND * 1_000 + 999;
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

  private static final DateTimeFormatter ISO =
      form(date('-', YEAR, MONTH_OF_YEAR, DAY_OF_MONTH), HOUR_OF_DAY);
  private static final DateTimeFormatter MONTH_FIRST =
      form(date('/', MONTH_OF_YEAR, DAY_OF_MONTH, YEAR), HOUR_OF_DAY);
  private static final DateTimeFormatter MONTH_FIRST_HALF_DAYS =
      form(date('/', MONTH_OF_YEAR, DAY_OF_MONTH, YEAR), CLOCK_HOUR_OF_AMPM);

  private Timestamps() {}

  private static DateTimeFormatterBuilder date(
      char between, ChronoField first, ChronoField second, ChronoField third) {
    DateTimeFormatterBuilder date = new DateTimeFormatterBuilder().parseCaseInsensitive();
    number(date, first).appendLiteral(between);
    number(date, second).appendLiteral(between);
    return number(date, third);
  }

  private static DateTimeFormatterBuilder number(DateTimeFormatterBuilder form, ChronoField field) {
    return field == YEAR
        ? form.appendValue(field, 4)
        : form.appendValue(field, 1, 2, SignStyle.NOT_NEGATIVE);
  }

  private static DateTimeFormatter form(DateTimeFormatterBuilder date, ChronoField hour) {
    number(date.appendLiteral('T'), hour).appendLiteral(':');
    number(date, MINUTE_OF_HOUR).optionalStart().appendLiteral(':');
    number(date, SECOND_OF_MINUTE).appendFraction(NANO_OF_SECOND, 0, 9, true).optionalEnd();
    if (hour == CLOCK_HOUR_OF_AMPM) {
      date.appendText(AMPM_OF_DAY, Map.of(0L, "AM", 1L, "PM"));
    }
    return date.optionalStart()
        .parseLenient() // with or without minutes and colon
        .appendOffset("+HH", "Z")
        .parseStrict()
        .optionalEnd()
        .parseDefaulting(OFFSET_SECONDS, 0)
        .toFormatter(Locale.ROOT)
        .withResolverStyle(ResolverStyle.STRICT);
  }

  public static long parse(String text) {
    if (text.length() > LONGEST) {
      return UNREADABLE;
    }
    if (text.startsWith(MILLIS_BEGIN)) {
      return counted(text);
    }
    long usual = usual(text);
    return usual != UNREADABLE ? usual : formatted(text);
  }

  /**
   * Returns a time in ISO 8601 in UTC, with its full fraction of a second. Times that mean the same
   * instant give the same text, however they are written.
   *
   * @param text time that {@link #parse} can read
   */
  public static String instant(String text) {
    long millis = parse(text);
    return Instant.ofEpochMilli(millis).plusNanos(nanosOfMillis(text)).toString();
  }

  /**
   * Returns the nanoseconds of a time beyond its last whole millisecond, such as 560,200.
   *
   * @param text time that {@link #parse} can read
   */
  public static int nanosOfMillis(String text) {
    int point = text.indexOf('.');
    int digits = 0;
    int nanos = 0;
    for (int i = point + 1; point >= 0 && i < text.length() && digits < 9; i++) {
      char c = text.charAt(i);
      if (isDigit(c)) {
        digits++;
        nanos = nanos * 10 + (c - '0');
      } else if (!isBlank(c)) {
        break;
      }
    }
    for (; digits < 9; digits++) {
      nanos *= 10;
    }
    return nanos % NANOS_OF_MILLI;
  }

  private static long counted(String text) {
    int end = text.length() - MILLIS_END.length();
    if (!text.endsWith(MILLIS_END) || end <= MILLIS_BEGIN.length() || end > MOST_COUNTED) {
      return UNREADABLE;
    }
    long millis = 0;
    for (int i = MILLIS_BEGIN.length(); i < end; i++) {
      if (!isDigit(text.charAt(i))) {
        return UNREADABLE;
      }
      millis = millis * 10 + (text.charAt(i) - '0');
    }
    return millis <= LAST_MILLIS ? millis : UNREADABLE;
  }

  private static long usual(String text) {
    int last = text.length() - (text.endsWith(UTC_OFFSET) ? UTC_OFFSET.length() : 1);
    if (last < 19
        || (text.charAt(last) != 'Z' && last == text.length() - 1)
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':') {
      return UNREADABLE;
    }
    int year = two(text, 0) * 100 + two(text, 2);
    int month = two(text, 5);
    int day = two(text, 8);
    int hour = two(text, 11);
    int minute = two(text, 14);
    int second = two(text, 17);
    int millis = last == 19 ? 0 : millis(text, 19, last);
    // A part that is no number is negative, and makes the combination negative.
    if ((two(text, 0) | two(text, 2) | month | day | hour | minute | second | millis) < 0
        || hour > 23
        || minute > 59
        || second > 59
        || year < 1
        || month < 1
        || month > 12
        || day < 1
        || day > Month.of(month).length(Year.isLeap(year))) {
      return UNREADABLE;
    }
    return LocalDate.of(year, month, day).toEpochDay() * DAY_MILLIS
        + ((hour * 60L + minute) * 60L + second) * 1000L
        + millis;
  }

  /**
   * Returns the number that two digits of a text form, such as 59, or -1 if either character is not
   * a digit.
   */
  private static int two(String text, int from) {
    int tens = text.charAt(from) - '0';
    int ones = text.charAt(from + 1) - '0';
    return (tens | (9 - tens) | ones | (9 - ones)) < 0 ? -1 : tens * 10 + ones;
  }

  /**
   * Returns the milliseconds of a fraction of a second, written as a point and 1 to 9 digits, or -1
   * for another form.
   */
  private static int millis(String text, int from, int end) {
    if (text.charAt(from) != '.' || end - from < 2 || end - from > 10) {
      return -1;
    }
    int millis = 0;
    for (int i = 1; i < end - from; i++) {
      int digit = text.charAt(from + i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      millis = i > 3 ? millis : millis * 10 + digit;
    }
    for (int i = end - from; i < 4; i++) {
      millis *= 10;
    }
    return millis;
  }

  private static long formatted(String text) {
    String joined = joined(text);
    DateTimeFormatter form =
        joined.indexOf('/') < 0
            ? ISO
            : joined.indexOf('M') < 0 && joined.indexOf('m') < 0
                ? MONTH_FIRST
                : MONTH_FIRST_HALF_DAYS;
    try {
      Instant instant = form.parse(joined, Instant::from);
      return instant.isBefore(FIRST) ? UNREADABLE : instant.toEpochMilli();
    } catch (DateTimeException e) {
      return UNREADABLE;
    }
  }

  /** Removes blanks, and puts a {@code T} in place of blanks between two digits. */
  private static String joined(String text) {
    StringBuilder joined = new StringBuilder(text.length());
    boolean blank = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isBlank(c)) {
        blank = true;
        continue;
      }
      int last = joined.length() - 1;
      if (blank && isDigit(c) && last >= 0 && isDigit(joined.charAt(last))) {
        joined.append('T');
      }
      joined.append(c);
      blank = false;
    }
    return joined.toString();
  }

  private static boolean isBlank(char c) {
    // Newer versions of .NET write a narrow no-break space before AM and PM.
    return c == ' ' || c == '\t' || c == '\u00a0' || c == '\u202f';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
