package dev.lockstep.detections.sigma.match;

import com.google.re2j.Pattern;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Values of the placeholders that rules write as {@code %name%}.
 *
 * @param values values by name; names are case-sensitive
 * @param where name of the file of the values, for messages
 */
public record Placeholders(Map<String, List<String>> values, String where) {
  /** Empty instance, in which no placeholder is defined. */
  public static final Placeholders NONE = new Placeholders(Map.of());

  private static final int MOST_VALUES = 10_000;

  public Placeholders {
    Map<String, List<String>> copy = new TreeMap<>();
    values.forEach((name, all) -> copy.put(name, List.copyOf(all)));
    values = Collections.unmodifiableMap(copy);
  }

  /**
   * Creates placeholders with the given values. Error messages name {@code placeholders.yaml of the
   * rules directory} as the place to define them.
   */
  public Placeholders(Map<String, List<String>> values) {
    this(values, "placeholders.yaml of the rules directory");
  }

  /**
   * Returns the texts that result when each placeholder in a text is replaced by its values, one
   * text for each combination of values. A percent sign after a backslash is plain text.
   *
   * @throws InvalidDetectionException if a placeholder has no value, or if there would be too many
   *     texts
   */
  List<String> expand(String text) throws InvalidDetectionException {
    List<String> texts = new ArrayList<>(List.of(""));
    StringBuilder plain = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      int end = c == '%' ? text.indexOf('%', at + 1) : -1;
      if (c == '\\' && at + 1 < text.length() && text.charAt(at + 1) == '%') {
        plain.append('%');
        at += 2;
      } else if (end > at + 1) {
        texts = product(texts, plain.toString(), valuesOf(text.substring(at + 1, end)));
        plain.setLength(0);
        at = end + 1;
      } else {
        plain.append(c);
        at++;
      }
    }
    return product(texts, plain.toString(), List.of(""));
  }

  /** Returns the names of the placeholders in a text, in order. */
  public static List<String> names(String text) {
    List<String> names = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = text.charAt(at) == '%' ? text.indexOf('%', at + 1) : -1;
      if (text.startsWith("\\%", at)) {
        at += 2;
      } else if (end > at + 1) {
        names.add(text.substring(at + 1, end));
        at = end + 1;
      } else {
        at++;
      }
    }
    return names;
  }

  Placeholders quoted() {
    Map<String, List<String>> quoted = new TreeMap<>();
    values.forEach((name, all) -> quoted.put(name, all.stream().map(Pattern::quote).toList()));
    return new Placeholders(quoted, where);
  }

  private List<String> valuesOf(String name) throws InvalidDetectionException {
    List<String> known = values.get(name);
    if (known == null) {
      String nearest = NearestNames.similarAmong(values.keySet(), name);
      throw new InvalidDetectionException(
          "has the placeholder %s, which has no value".formatted(Quoted.of(name)),
          "give the placeholder a value in "
              + where
              + (nearest.isEmpty() ? "" : "; the nearest known one is " + Quoted.of(nearest)));
    }
    return known;
  }

  private static List<String> product(List<String> texts, String plain, List<String> values)
      throws InvalidDetectionException {
    if ((long) texts.size() * values.size() > MOST_VALUES) {
      throw new InvalidDetectionException(
          "has placeholders that result in more than %d values".formatted(MOST_VALUES),
          "give the placeholders fewer values");
    }
    List<String> all = new ArrayList<>(texts.size() * values.size());
    for (String text : texts) {
      for (String value : values) {
        all.add(text + plain + value);
      }
    }
    return all;
  }
}
