package dev.lockstep.app;

import org.jspecify.annotations.Nullable;

/** A value as a message shows it: in double quotes, bounded, control characters escaped. */
final class Quoted {
  private static final int MAX_CHARS = 120;

  private Quoted() {}

  static String of(@Nullable Object value) {
    String text = String.valueOf(value);
    StringBuilder quoted = new StringBuilder(Math.min(text.length(), MAX_CHARS) + 8).append('"');
    for (int i = 0; i < text.length(); i++) {
      if (i == MAX_CHARS) {
        quoted.append('…');
        break;
      }
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (needsEscape(c)) {
            quoted.append("\\u");
            for (int shift = 12; shift >= 0; shift -= 4) {
              quoted.append(Character.forDigit((c >> shift) & 0xF, 16));
            }
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  /** Returns if a character could move a terminal's cursor or change the direction of text. */
  private static boolean needsEscape(char c) {
    return Character.isISOControl(c)
        || Character.getType(c) == Character.FORMAT
        || Character.getType(c) == Character.LINE_SEPARATOR
        || Character.getType(c) == Character.PARAGRAPH_SEPARATOR;
  }
}
