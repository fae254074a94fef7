package dev.lockstep.app.terminal;

import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Formatter of times, places, principals, severities, numbers and lists as text for people. */
public final class DisplayFormat {
  private static final int MOST_SHOWN = 5;

  private DisplayFormat() {}

  /** Returns date and time of day in UTC, for example {@code 2026-11-19 10:02:41}. */
  public static String dateTime(long millis) {
    String text = Instant.ofEpochMilli(millis).toString();
    return text.substring(0, 10) + " " + text.substring(11, 19);
  }

  /** Returns date and time of day in UTC to the minute, for example {@code 2026-11-19 10:02}. */
  public static String minute(long millis) {
    return dateTime(millis).substring(0, 16);
  }

  /** Returns the time of day in UTC, for example {@code 10:02:41}. */
  public static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString().substring(11, 19);
  }

  /**
   * Returns the text of a time span within one day in UTC, for example {@code 10:02:41-10:05:00}.
   * Equal times are written once.
   */
  public static String span(long first, long last) {
    String from = time(first);
    String to = time(last);
    return from.equals(to) ? from : from + "-" + to;
  }

  /**
   * Returns the text of a time span in UTC, with the date of its start. If it ends on another day,
   * the text also has the date of its end. Equal times are written once.
   */
  public static String datedSpan(long first, long last) {
    if (dateTime(first).equals(dateTime(last))) {
      return dateTime(first);
    }
    boolean oneDay = dateTime(first).substring(0, 10).equals(dateTime(last).substring(0, 10));
    return dateTime(first) + " to " + (oneDay ? time(last) : dateTime(last));
  }

  /**
   * Returns the city and the country of a place, as far as they are known, or its coordinates in
   * degrees if both are unknown.
   */
  public static String place(
      @Nullable String country, @Nullable String city, double latitude, double longitude) {
    if (city == null && country == null) {
      return String.format(Locale.ROOT, "%.2f, %.2f", latitude, longitude);
    }
    return city == null ? String.valueOf(country) : country == null ? city : city + ", " + country;
  }

  public static String name(Principal principal) {
    return principal.getName() == null
        ? principal.getType() + " " + principal.getId()
        : principal.getName() + " (" + principal.getType() + " " + principal.getId() + ")";
  }

  public static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  public static String number(double number) {
    return number == Math.rint(number)
        ? String.format(Locale.ROOT, "%,.0f", number)
        : String.format(Locale.ROOT, "%,.1f", number);
  }

  /** Returns a number with its noun in singular or plural, such as {@code 1,204 findings}. */
  public static String count(long number, String what) {
    return number(number) + " " + what + (number == 1 ? "" : "s");
  }

  /**
   * Returns a length of time as text, for example {@code 1 h 20 min}. Seconds are left out from one
   * hour on.
   */
  public static String length(long millis) {
    long minutes = millis / 60_000;
    if (minutes < 1) {
      return millis / 1000 + " s";
    }
    if (minutes < 60) {
      return minutes + " min" + (millis / 1000 % 60 == 0 ? "" : " " + millis / 1000 % 60 + " s");
    }
    return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
  }

  /**
   * Returns days as text in which successive days are one span, for example {@code 2026-11-02 to
   * 11-06, 11-09}.
   */
  public static String days(List<LocalDate> days) {
    StringBuilder text = new StringBuilder();
    int year = Integer.MIN_VALUE;
    for (int i = 0; i < days.size(); i++) {
      LocalDate first = days.get(i);
      LocalDate last = first;
      while (i + 1 < days.size() && days.get(i + 1).equals(last.plusDays(1))) {
        last = days.get(++i);
      }
      text.append(text.isEmpty() ? "" : ", ");
      text.append(first.getYear() == year ? first.toString().substring(5) : first.toString());
      year = first.getYear();
      if (!last.equals(first)) {
        text.append(" to ")
            .append(last.getYear() == year ? last.toString().substring(5) : last.toString());
        year = last.getYear();
      }
    }
    return text.toString();
  }

  /**
   * Pads a text to a width with no-break spaces and, at the end, one plain space. A line of wrapped
   * text may break only at the plain space. At least one space of each kind follows the text.
   */
  public static String padded(String text, int width) {
    return text + "\u00a0".repeat(Math.max(1, width - text.length() - 1)) + " ";
  }

  public static String upper(Severity severity) {
    return severity.name().toUpperCase(Locale.ROOT);
  }

  /**
   * Joins the first five texts of a list with commas. If there are more texts, their number is
   * added, such as {@code and 3 more}.
   */
  public static String some(List<String> texts) {
    return first(MOST_SHOWN, texts);
  }

  /**
   * Joins the first {@code most} texts of a list with commas. If there are more texts, their number
   * is added, for example {@code a, b and 3 more}.
   */
  public static String first(int most, List<String> texts) {
    String first = String.join(", ", texts.subList(0, Math.min(most, texts.size())));
    return texts.size() <= most ? first : first + " and " + number(texts.size() - most) + " more";
  }

  /** Joins texts with commas, and the last two texts with a conjunction such as {@code or}. */
  public static String joined(List<String> texts, String word) {
    int last = texts.size() - 1;
    return last < 1
        ? String.join("", texts)
        : String.join(", ", texts.subList(0, last)) + " " + word + " " + texts.get(last);
  }

  /**
   * Splits a camel-case name into lower-case words with spaces between them. Adjacent capitals are
   * one word.
   */
  public static String words(String name) {
    StringBuilder words = new StringBuilder(name.length() + 4);
    for (int i = 0; i < name.length(); i++) {
      char each = name.charAt(i);
      if (Character.isUpperCase(each)) {
        boolean isWithin = i > 0 && Character.isUpperCase(name.charAt(i - 1));
        boolean isLast = i + 1 < name.length() && Character.isLowerCase(name.charAt(i + 1));
        words
            .append(words.isEmpty() || (isWithin && !isLast) ? "" : " ")
            .append(Character.toLowerCase(each));
      } else {
        words.append(each);
      }
    }
    return words.toString();
  }

  /** Returns counts by name as a list, for example {@code 1,204 no-id, 1 bad-time}. */
  public static String counts(Map<String, Long> byName) {
    return byName.entrySet().stream()
        .map(one -> String.format(Locale.ROOT, "%,d %s", one.getValue(), one.getKey()))
        .collect(Collectors.joining(", "));
  }
}
