package dev.lockstep.enrichment.file;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Parsers of single values in files, records and databases: countries, decimals, autonomous system
 * numbers and times. Null stands for an absent or unusable value.
 */
public final class ValueParsers {

  private static final long LARGEST_ASN = 4_294_967_295L;

  private ValueParsers() {}

  /** Returns the text without surrounding blanks, or null if nothing is left. */
  public static @Nullable String text(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String stripped = text.strip();
    return stripped.isEmpty() ? null : stripped;
  }

  /**
   * Returns the text as a country code in upper case, or null if it is not two Latin letters. UK
   * becomes GB.
   */
  public static @Nullable String country(@Nullable String text) {
    String code = text(text);
    if (code == null || code.length() != 2 || !letter(code.charAt(0)) || !letter(code.charAt(1))) {
      return null;
    }
    String upper = code.toUpperCase(Locale.ROOT);
    return upper.equals("UK") ? "GB" : upper;
  }

  private static boolean letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /**
   * Returns the decimal number that a text states, or null if the text is not such a number. A sign
   * and a decimal point are allowed; an exponent and more than 40 characters are not.
   */
  public static @Nullable Double decimal(@Nullable String text) {
    String number = text(text);
    if (number == null || number.length() > 40) {
      return null;
    }
    boolean digit = false;
    for (int i = 0; i < number.length(); i++) {
      char c = number.charAt(i);
      digit |= c >= '0' && c <= '9';
      if ((c < '0' || c > '9') && c != '.' && !(i == 0 && (c == '-' || c == '+'))) {
        return null;
      }
    }
    if (!digit || number.indexOf('.') != number.lastIndexOf('.')) {
      return null;
    }
    return Double.valueOf(number);
  }

  /**
   * Returns the autonomous system number in a text such as {@code 64500} or {@code AS64500}, or
   * null if the text contains none. The number is from 1 to 4294967295.
   */
  public static @Nullable Long asn(@Nullable String text) {
    String number = text(text);
    if (number == null) {
      return null;
    }
    int from = startsWithAs(number) ? 2 : 0;
    int digits = number.length() - from;
    if (digits < 1 || digits > 10) {
      return null;
    }
    long asn = 0;
    for (int i = from; i < number.length(); i++) {
      char c = number.charAt(i);
      if (c < '0' || c > '9') {
        return null;
      }
      asn = asn * 10 + (c - '0');
    }
    return asn(asn);
  }

  public static @Nullable Long asn(long asn) {
    return asn >= 1 && asn <= LARGEST_ASN ? (Long) asn : null;
  }

  public static boolean startsWithAs(String text) {
    return text.regionMatches(true, 0, "AS", 0, 2);
  }

  /**
   * Returns the time that a text states, in milliseconds since 1970. The text is a date, for its
   * start in UTC, or an ISO 8601 time with offset.
   *
   * @throws java.time.DateTimeException if the text is neither
   * @throws ArithmeticException if the time is too far from 1970 for milliseconds
   */
  public static long time(String text) {
    if (text.length() == 10) {
      return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }
    boolean spaced = text.length() > 10 && text.charAt(10) == ' ';
    String joined = spaced ? text.substring(0, 10) + "T" + text.substring(11).strip() : text;
    return OffsetDateTime.parse(joined).toInstant().toEpochMilli();
  }

  public static boolean latitude(double degrees) {
    return degrees >= -90 && degrees <= 90;
  }

  public static boolean longitude(double degrees) {
    return degrees >= -180 && degrees <= 180;
  }
}
