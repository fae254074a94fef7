package dev.lockstep.app.explain;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Converter of a gate's numbers into words, by their names: {@code limitKm} 500 is "limit 500 km",
 * {@code earlierClass} vpn is "earlier class vpn". A number with the same name as the gate comes
 * first, and its name is left out. Limits come last.
 */
final class NumberWords {
  private static final Map<String, String> UNITS =
      Map.of(
          "Kmh", "km/h",
          "Km", "km",
          "Seconds", "s",
          "Minutes", "min",
          "Hours", "h",
          "Days", "days");

  private static final double HALF_OF_LAST_DIGIT = 0.05;
  private static final double HALF_A_MINUTE = 0.5 / 60;

  private NumberWords() {}

  /**
   * Returns the numbers of a gate as one text, such as {@code limit 500 km}. An entry such as
   * {@code token} is left out if its value is the id of a known token.
   *
   * @param known subjects whose ids are not repeated, because the explanation shows them elsewhere
   */
  static String of(String gate, Map<String, Object> numbers, Collection<Subject> known) {
    String own = gate.replace('-', ' ');
    List<String> numeric =
        numbers.keySet().stream().filter(name -> numbers.get(name) instanceof Double).toList();
    List<String> parts = new ArrayList<>();
    List<String> limits = new ArrayList<>();
    new TreeMap<>(numbers)
        .forEach(
            (name, value) -> {
              Object shown = value instanceof String text ? shown(text, known) : value;
              if (shown.equals("this " + name)) {
                return;
              }
              String close =
                  shown instanceof Double number ? closeToLimit(name, number, numbers) : null;
              if (shown instanceof Double number && DisplayFormat.words(bare(name)).equals(own)) {
                parts.add(0, close == null ? number(name, number) : close);
              } else if (close != null) {
                parts.add(named(name, close));
              } else if (shown instanceof Double number && isLimit(name)) {
                limits.add(named(name, number(measured(name, numeric), number)));
              } else {
                (isLimit(name) ? limits : parts).add(of(name, shown));
              }
            });
    String text = String.join(", ", parts);
    return limits.isEmpty()
        ? text
        : text + (text.isEmpty() ? "" : "; ") + String.join(", ", limits);
  }

  /**
   * Returns the name from which the unit of a number is read, usually the number's own name. For a
   * limit whose name has no unit, it is the name of the one number that is not a limit, if there is
   * exactly one.
   *
   * @param numeric names of all numbers of the gate
   */
  static String measured(String name, Collection<String> numeric) {
    List<String> others = numeric.stream().filter(other -> !isLimit(other)).toList();
    return isLimit(name) && unitOf(name).isEmpty() && others.size() == 1 ? others.get(0) : name;
  }

  static String shown(String text, Collection<Subject> known) {
    for (Subject subject : known) {
      if (subject.id().equals(text)) {
        return "this " + subject.kind().name().toLowerCase(Locale.ROOT);
      }
    }
    return text;
  }

  /**
   * Returns words such as {@code just under 900 km/h} for a number very close to a limit, otherwise
   * null. It is close if it differs from a limit in {@code numbers} by less than half of the last
   * digit that is printed, or by less than half a minute if both are hours. Only a limit of the
   * same unit counts.
   */
  private static @Nullable String closeToLimit(
      String name, double number, Map<String, Object> numbers) {
    double close = unitOf(name).equals("h") ? HALF_A_MINUTE : HALF_OF_LAST_DIGIT;
    for (Map.Entry<String, Object> other : numbers.entrySet()) {
      if (isLimit(other.getKey())
          && !isLimit(name)
          && other.getValue() instanceof Double limit
          && unitOf(other.getKey()).equals(unitOf(name))
          && limit != number
          && Math.abs(limit - number) < close) {
        return (number < limit ? "just under " : "just over ") + number(name, limit);
      }
    }
    return null;
  }

  static boolean isLimit(String name) {
    return name.startsWith("limit") || name.startsWith("needs");
  }

  static String of(String name, Object value) {
    if (value instanceof Double number) {
      return name.equals("reasons")
          ? DisplayFormat.count(Math.round(number), "reason") + " to fire"
          : named(name, number(name, number));
    }
    return switch (name) {
      case "line" -> String.valueOf(value); // a line of a rule's table, which is a phrase
      case "known" -> knownOrNot(String.valueOf(value));
      case "api" -> "api \"" + value + "\""; // names of APIs can be verbs
      default -> DisplayFormat.words(name) + " " + value;
    };
  }

  /**
   * Returns the text {@code "not known, REASON"} for the value {@code "no, REASON"}, and the text
   * {@code "known VALUE"} for any other value. The reason may be absent.
   */
  private static String knownOrNot(String value) {
    boolean isNot = value.equals("no") || value.startsWith("no, ");
    return isNot ? "not known" + value.substring("no".length()) : "known " + value;
  }

  static String number(String name, double number) {
    String unit = unitOf(name);
    if (unit.equals("s")) {
      return DisplayFormat.length((long) (number * 1000));
    }
    if (unit.equals("h") && number != Math.rint(number)) {
      return DisplayFormat.length(Math.round(number * 60) * 60_000);
    }
    if (unit.equals("days") && number == 1) {
      return "1 day";
    }
    return DisplayFormat.number(number) + (unit.isEmpty() ? "" : " " + unit);
  }

  /**
   * Returns a number of a gate with the number's name in words before it, such as {@code limit 500
   * km} for {@code limitKm}. A unit in the name is left out of the words, because the text of the
   * number has it. A time between two events is {@code 11 min apart}.
   */
  static String named(String name, String value) {
    String words = DisplayFormat.words(bare(name));
    return words.isEmpty()
        ? value
        : words.equals("between") ? value + " apart" : words + " " + value;
  }

  private static String unitOf(String name) {
    for (Map.Entry<String, String> unit : UNITS.entrySet()) {
      if (isOf(name, unit.getKey())) {
        return unit.getValue();
      }
    }
    return "";
  }

  private static boolean isOf(String name, String unit) {
    return name.endsWith(unit) || isOrBeginsWithUnit(name, unit);
  }

  private static boolean isOrBeginsWithUnit(String name, String unit) {
    String small = unit.toLowerCase(Locale.ROOT);
    return name.startsWith(small)
        && (name.length() == small.length() || Character.isUpperCase(name.charAt(small.length())));
  }

  private static String bare(String name) {
    if (isOf(name, "Kmh")) {
      return strip(name, "Kmh");
    }
    for (String unit : UNITS.keySet()) {
      if (isOf(name, unit)) {
        return strip(name, unit);
      }
    }
    return name;
  }

  private static String strip(String name, String unit) {
    return name.endsWith(unit)
        ? name.substring(0, name.length() - unit.length())
        : name.substring(unit.length());
  }
}
