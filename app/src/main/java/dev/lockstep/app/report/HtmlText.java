package dev.lockstep.app.report;

import dev.lockstep.schemas.text.Quoted;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Static methods that prepare texts for an HTML report: hidden characters become visible, long
 * texts are cut, and markup is escaped.
 */
public final class HtmlText {
  private static final int MOST_CHARS = 2_000;

  private HtmlText() {}

  /** Makes hidden characters of a text visible, and cuts the text to 2,000 characters. */
  public static String shown(String text) {
    if (text.length() <= MOST_CHARS) {
      return Quoted.visible(text);
    }
    int end = Character.isHighSurrogate(text.charAt(MOST_CHARS - 1)) ? MOST_CHARS - 1 : MOST_CHARS;
    return String.format(
        Locale.ROOT, "%s… (%,d characters)", Quoted.visible(text.substring(0, end)), text.length());
  }

  /**
   * Escapes a text for an HTML element or a quoted attribute, and shortens it as {@link #shown}
   * does. Null becomes the empty text.
   */
  static String escaped(@Nullable String text) {
    if (text == null) {
      return "";
    }
    String shown = shown(text);
    StringBuilder safe = new StringBuilder(shown.length() + 16);
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
}
