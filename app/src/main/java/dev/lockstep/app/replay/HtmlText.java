package dev.lockstep.app.replay;

import dev.lockstep.schemas.JsonView;
import dev.lockstep.schemas.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Texts of a report in HTML, in which no character has a meaning and none is invisible. */
final class HtmlText {
  private static final int ID_LENGTH = 32;

  private HtmlText() {}

  /** Returns a text for an element or for an attribute in quotes; null is empty. */
  static String escaped(@Nullable String text) {
    if (text == null) {
      return "";
    }
    StringBuilder safe = new StringBuilder(text.length() + 16);
    String shown = Quoted.visible(text);
    for (int i = 0; i < shown.length(); i++) {
      char c = shown.charAt(i);
      switch (c) {
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '&' -> safe.append("&amp;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        default -> safe.append(c);
      }
    }
    return safe.toString();
  }

  /** Returns a text for an element, which a line may break behind each {@code @}. */
  static String breakable(@Nullable String text) {
    return escaped(text).replace("@", "@<wbr>");
  }

  /** Returns names and values as words, with whole numbers without fraction. */
  static String named(Map<String, ?> values) {
    List<String> words = new ArrayList<>();
    new TreeMap<>(values)
        .forEach(
            (name, value) -> {
              boolean whole = value instanceof Double number && number == Math.rint(number);
              String text = whole ? String.valueOf(((Double) value).longValue()) : value.toString();
              words.add(escaped(name + " " + text));
            });
    return String.join(", ", words);
  }

  /** Returns whether an id is one that the engine made, and no pseudonym. */
  static boolean isId(String id) {
    return id.length() == ID_LENGTH
        && id.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /** Returns the first characters of an id. */
  static String brief(String id) {
    return isId(id) ? id.substring(0, 8) : id;
  }

  static String minute(long millis) {
    return day(millis) + " " + clock(millis);
  }

  static String day(long millis) {
    return JsonView.instant(millis).substring(0, 10);
  }

  static String clock(long millis) {
    return JsonView.instant(millis).substring(11, 16);
  }

  /** Returns two times, the second without its day if it is that of the first. */
  static String span(long first, long last) {
    if (minute(first).equals(minute(last))) {
      return minute(first);
    }
    return minute(first)
        + (day(first).equals(day(last)) ? " to " + clock(last) : " to " + minute(last));
  }
}
