package dev.lockstep.schemas.text;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Writer of text from outside in a form that is safe to show, with hidden characters escaped. For
 * messages the text is also cut, and {@link SecretMask} masks its credentials.
 *
 * <p>A hidden character is one that is invisible, moves the cursor or changes the direction of
 * text. It becomes a backslash, u and its hexadecimal digits.
 */
@NullMarked
public final class Quoted {
  private static final int MOST_CHARS = 120;

  private Quoted() {}

  /**
   * Returns a value in double quotes for a message, on one line, and cut after 120 characters.
   * Credentials are masked.
   */
  public static String of(@Nullable Object value) {
    String text = SecretMask.beginning(String.valueOf(value), MOST_CHARS);
    StringBuilder quoted = new StringBuilder(Math.min(text.length(), MOST_CHARS) + 8).append('"');
    append(text, MOST_CHARS, true, quoted);
    return quoted.append('"').toString();
  }

  /**
   * Returns a text for a message, on one line, without quotes around it, and cut after a number of
   * characters. Credentials are masked.
   */
  public static String excerpt(String text, int mostChars) {
    String shown = SecretMask.beginning(text, mostChars);
    StringBuilder excerpt = new StringBuilder(Math.min(shown.length(), mostChars) + 8);
    append(shown, mostChars, false, excerpt);
    return excerpt.toString();
  }

  /**
   * Returns a text as it is, but cut after a number of UTF-16 units. A cut text ends with an
   * ellipsis. A character of two units is never split.
   */
  public static String cut(String text, int mostUnits) {
    if (text.length() <= mostUnits) {
      return text;
    }
    boolean splitsPair = Character.isHighSurrogate(text.charAt(mostUnits - 1));
    return text.substring(0, splitsPair ? mostUnits - 1 : mostUnits) + "…";
  }

  /**
   * Returns a text on one line with hidden characters escaped. Credentials are kept, because they
   * are evidence.
   */
  public static String visible(String text) {
    int at = 0;
    while (at < text.length()) {
      int point = text.codePointAt(at);
      if (isHidden(point)) {
        StringBuilder visible = new StringBuilder(text.length() + 32).append(text, 0, at);
        append(text.substring(at), Integer.MAX_VALUE, false, visible);
        return visible.toString();
      }
      at += Character.charCount(point);
    }
    return text;
  }

  /**
   * Returns whether a code point has no visible form and is shown escaped.
   *
   * <p>These code points are controls, format characters, line separators, unpaired surrogates,
   * private and unassigned code points, and letters or marks without a glyph.
   */
  public static boolean isHidden(int point) {
    if (point < 0x7f) {
      return point < 0x20;
    }
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> hasNoGlyph(point);
    };
  }

  private static boolean hasNoGlyph(int point) {
    return point == 0x034f
        || point == 0x115f
        || point == 0x1160
        || point == 0x17b4
        || point == 0x17b5
        || (point >= 0x180b && point <= 0x180f)
        || point == 0x2800
        || point == 0x3164
        || (point >= 0xfe00 && point <= 0xfe0f)
        || point == 0xffa0
        || (point >= 0xe0100 && point <= 0xe01ef);
  }

  private static void append(String text, int mostChars, boolean inQuotes, StringBuilder to) {
    int at = 0;
    while (at < text.length()) {
      if (at >= mostChars) {
        to.append('…');
        return;
      }
      int point = text.codePointAt(at);
      switch (point) {
        case '\n' -> to.append("\\n");
        case '\r' -> to.append("\\r");
        case '\t' -> to.append("\\t");
        case '"', '\\' -> to.append(inQuotes ? "\\" : "").appendCodePoint(point);
        default -> {
          if (isHidden(point)) {
            appendEscape(point, to);
          } else {
            to.appendCodePoint(point);
          }
        }
      }
      at += Character.charCount(point);
    }
  }

  private static void appendEscape(int point, StringBuilder to) {
    String digits = Integer.toHexString(point);
    if (point > 0xffff) {
      to.append("\\u{").append(digits).append('}');
    } else {
      to.append("\\u").append("0".repeat(4 - digits.length())).append(digits);
    }
  }
}
