package dev.lockstep.schemas.text;

import org.jspecify.annotations.NullMarked;

/**
 * Converter of JSON text that escapes the characters that a terminal must not show ({@link
 * Quoted#isHidden}). A parser reads the same values from the result, except for an unpaired
 * surrogate: it becomes U+FFFD, because many parsers refuse it.
 */
@NullMarked
public final class EscapedJson {
  private EscapedJson() {}

  /**
   * Returns a JSON text with its hidden characters escaped.
   *
   * @param json valid JSON on one line, so that hidden characters occur in its strings only
   */
  public static String of(String json) {
    int at = 0;
    while (at < json.length()) {
      int point = json.codePointAt(at);
      if (Quoted.isHidden(point)) {
        return escaped(json, at);
      }
      at += Character.charCount(point);
    }
    return json;
  }

  private static String escaped(String json, int from) {
    StringBuilder escaped = new StringBuilder(json.length() + 64).append(json, 0, from);
    int at = from;
    while (at < json.length()) {
      int point = json.codePointAt(at);
      if (Character.getType(point) == Character.SURROGATE) {
        appendEscape('\ufffd', escaped);
      } else if (Quoted.isHidden(point)) {
        for (char unit : Character.toChars(point)) {
          appendEscape(unit, escaped);
        }
      } else {
        escaped.appendCodePoint(point);
      }
      at += Character.charCount(point);
    }
    return escaped.toString();
  }

  private static void appendEscape(char unit, StringBuilder to) {
    to.append("\\u").append(Integer.toHexString(0x10000 | unit), 1, 5);
  }
}
