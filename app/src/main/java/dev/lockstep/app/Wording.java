package dev.lockstep.app;

import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Spot;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How an explanation says times, networks, places and numbers. */
final class Wording {
  private Wording() {}

  /** Returns date and time of day, e.g. {@code 2026-11-19 10:02:41}. */
  static String dateTime(long millis) {
    String text = Instant.ofEpochMilli(millis).toString();
    return text.substring(0, 10) + " " + text.substring(11, 19);
  }

  /** Returns the time of day, e.g. {@code 10:02:41}. */
  static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString().substring(11, 19);
  }

  /** Returns a span of times of one day. */
  static String span(long first, long last) {
    String from = time(first);
    String to = time(last);
    return from.equals(to) ? from : from + "-" + to;
  }

  /** Returns a span that may reach over days. */
  static String datedSpan(long first, long last) {
    if (dateTime(first).equals(dateTime(last))) {
      return dateTime(first);
    }
    boolean oneDay = dateTime(first).substring(0, 10).equals(dateTime(last).substring(0, 10));
    return dateTime(first) + " to " + (oneDay ? time(last) : dateTime(last));
  }

  static String place(@Nullable PlaceSeen place) {
    if (place == null) {
      return "no place";
    }
    String city = place.getCity();
    String country = place.getCountry();
    if (city == null && country == null) {
      return String.format(Locale.ROOT, "%.2f, %.2f", place.getLatitude(), place.getLongitude());
    }
    return city == null ? String.valueOf(country) : country == null ? city : city + ", " + country;
  }

  /** Returns a place with its radius. */
  static String placed(@Nullable PlaceSeen place) {
    return place == null
        ? "no place"
        : place(place) + " \u00b1" + number(place.getAccuracyKm()) + " km";
  }

  /** Returns what is known of a network, the country included. */
  static String network(Spot spot) {
    List<String> parts = new ArrayList<>();
    Long asn = spot.getAsn();
    String organisation = spot.getOrganisation();
    parts.add(
        (asn == null ? "AS unknown" : "AS" + asn)
            + (organisation == null ? "" : " " + organisation));
    parts.add(spot.getNetworkCountry() == null ? "country unknown" : spot.getNetworkCountry());
    parts.add(spot.getNetworkClass().equals("unknown") ? "no class" : spot.getNetworkClass());
    return String.join(", ", parts);
  }

  static String name(Principal principal) {
    return principal.getName() == null
        ? principal.getType() + " " + principal.getId()
        : principal.getName() + " (" + principal.getType() + " " + principal.getId() + ")";
  }

  static String number(double number) {
    return number == Math.rint(number)
        ? String.format(Locale.ROOT, "%,.0f", number)
        : String.format(Locale.ROOT, "%,.1f", number);
  }

  static String count(long number, String what) {
    return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
  }

  /** Returns a length of time, e.g. {@code 1 h 20 min}. */
  static String length(long millis) {
    long minutes = millis / 60_000;
    if (minutes < 1) {
      return millis / 1000 + " s";
    }
    if (minutes < 60) {
      return minutes + " min" + (millis / 1000 % 60 == 0 ? "" : " " + millis / 1000 % 60 + " s");
    }
    return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
  }

  /** Returns days as spans, e.g. {@code 2026-11-02 to 11-06, 11-09}. */
  static String days(List<LocalDate> days) {
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

  /** Returns a text that takes up a width at least, with a gap that no line break falls into. */
  static String padded(String text, int width) {
    return text + "\u00a0".repeat(Math.max(1, width - text.length() - 1)) + " ";
  }

  static String upper(Severity severity) {
    return severity.name().toUpperCase(Locale.ROOT);
  }

  /** Returns a gate's number, as it stands. */
  static double number(GateChecked gate, String name) {
    return gate.getNumbers().get(name) instanceof Double number ? number : 0;
  }

  /** Returns a gate's word, empty if it has none. */
  static String word(GateChecked gate, String name) {
    Object word = gate.getNumbers().get(name);
    return word == null ? "" : word.toString();
  }

  /** Returns everything that a gate says, by name. */
  static String numbers(GateChecked gate) {
    List<String> parts = new ArrayList<>();
    for (Map.Entry<String, Object> entry : new TreeMap<>(gate.getNumbers()).entrySet()) {
      Object value = entry.getValue();
      parts.add(entry.getKey() + " " + (value instanceof Double number ? number(number) : value));
    }
    return String.join(", ", parts);
  }
}
