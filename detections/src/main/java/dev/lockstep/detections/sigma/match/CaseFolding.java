package dev.lockstep.detections.sigma.match;

import java.util.Locale;

/**
 * Static methods that fold the case of texts, for comparisons that ignore case. Comparisons in
 * Sigma do so by default. One code point becomes one code point.
 */
public final class CaseFolding {
  private CaseFolding() {}

  /**
   * Returns a text with its letters folded to one case, so that texts that differ only in case
   * become equal.
   */
  public static String fold(String text) {
    int at = 0;
    while (at < text.length() && isFolded(text.charAt(at))) {
      at++;
    }
    if (at == text.length()) {
      return text;
    }
    if (isAscii(text, at)) {
      return text.toLowerCase(Locale.ROOT);
    }
    StringBuilder folded = new StringBuilder(text.length()).append(text, 0, at);
    while (at < text.length()) {
      int point = text.codePointAt(at);
      folded.appendCodePoint(fold(point));
      at += Character.charCount(point);
    }
    return folded.toString();
  }

  private static boolean isAscii(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFolded(char c) {
    return c < 0x80 && (c < 'A' || c > 'Z');
  }

  static int fold(int point) {
    if (point < 0x80) {
      return point >= 'A' && point <= 'Z' ? point + ('a' - 'A') : point;
    }
    return Character.toLowerCase(Character.toUpperCase(point));
  }
}
