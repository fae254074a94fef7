package dev.lockstep.sentinel;

import java.util.Locale;

/** A piece of foreign text for a message: bounded, on one line, invisible characters escaped. */
final class Excerpt {
  private Excerpt() {}

  static String of(String text, int maxCharacters) {
    StringBuilder shown = new StringBuilder();
    int at = 0;
    while (at < text.length() && shown.length() < maxCharacters) {
      int point = text.codePointAt(at);
      if (isPlain(point)) {
        shown.appendCodePoint(point);
      } else {
        shown.append(String.format(Locale.ROOT, "\\u%04x", point));
      }
      at += Character.charCount(point);
    }
    return at < text.length() ? shown.append('…').toString() : shown.toString();
  }

  private static boolean isPlain(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
