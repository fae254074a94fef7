package dev.lockstep.rules;

import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.schemas.Principal;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;

/**
 * Formatter of numbers, times, durations and names for texts that people read. A number is never
 * rounded to the limit that it is compared with.
 */
public final class Phrases {
  private static final int MOST_DECIMALS = 9;

  private Phrases() {}

  /**
   * Returns a number with separators of thousands and the given number of decimals, for example
   * {@code 1,234.5}.
   */
  public static String number(double value, int decimals) {
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }

  /** Returns a number rounded half up to the given number of decimals. */
  public static double rounded(double value, int decimals) {
    return BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP).doubleValue();
  }

  /**
   * Returns a number rounded half up, with further decimals if it would otherwise be rounded to
   * exactly the limit. For example, 899.97 with one decimal would be 900.0. If the limit is 900, it
   * stays 899.97.
   */
  public static double rounded(double value, int decimals, double limit) {
    for (int more = decimals; more < MOST_DECIMALS; more++) {
      double rounded = rounded(value, more);
      if (rounded != limit || value == limit) {
        return rounded;
      }
    }
    return value;
  }

  /** Returns a time, for example {@code 2026-11-19 10:02:41 UTC}. */
  public static String time(long millis) {
    String text = Instant.ofEpochMilli(millis).toString();
    return text.substring(0, 10) + " " + text.substring(11, 19) + " UTC";
  }

  /** Returns a time without its seconds, for example {@code 2026-11-19 10:02 UTC}. */
  public static String minute(long millis) {
    return time(millis).substring(0, 16) + " UTC";
  }

  /** Returns a UTC day, counted from 1970, as a date, for example {@code 2026-11-19}. */
  public static String day(int day) {
    return LocalDate.ofEpochDay(day).toString();
  }

  /**
   * Returns a length of time in hours and minutes, or in seconds below one minute, rounded down,
   * for example {@code 1 h 20 min}.
   */
  public static String length(long millis) {
    long minutes = millis / 60_000;
    if (minutes < 1) {
      return millis / 1000 + " s";
    }
    if (minutes < 60) {
      return minutes + " min";
    }
    return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
  }

  /** Returns a number of minutes, for example {@code 1 minute} or {@code 12 minutes}. */
  public static String minutes(int number) {
    return number == 1 ? "1 minute" : number + " minutes";
  }

  /**
   * Returns a number of minutes in which something happened, for example {@code 1 minute} or {@code
   * 12 different minutes}.
   */
  public static String differentMinutes(int number) {
    return number == 1 ? "1 minute" : number + " different minutes";
  }

  /**
   * Returns a phrase for the number of further things, such as {@code and 2 more addresses}. It
   * begins with a space. It is empty if there are no further things.
   *
   * @param number number of further things
   * @param what name of one of them, such as {@code address}
   */
  public static String more(int number, String what) {
    String plural = what.endsWith("s") ? "es" : "s";
    return number < 1 ? "" : " and " + number + " more " + what + (number == 1 ? "" : plural);
  }

  /** Returns the name of a principal, or its id if it has no name. */
  public static String name(Principal principal) {
    return principal.getName() == null ? principal.getId() : principal.getName();
  }

  /** Returns a network class with its article, for example {@code a VPN network}. */
  public static String aNetwork(NetworkClass networkClass) {
    return networkClass == NetworkClass.VPN
        ? "a VPN network"
        : "a " + networkClass.word() + " network";
  }
}
