package dev.lockstep.ingest.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads single values as Azure writes them: numbers and truth values also as text, and absence as
 * null, an empty or blank text, {@code <null>}, an empty object or an empty array.
 */
public final class Scalars {
  /**
   * No genuine id, name or address comes near. The bound keeps one record from filling the state of
   * a key, which holds a few of these texts for weeks.
   */
  public static final int TEXT_CHARS = 1024;

  /** Words for people are cut there. */
  static final int LABEL_CHARS = 256;

  private static final String NULL_WORD = "<null>";

  private static final double[] POWERS = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  };

  private Scalars() {}

  /** Reads the value that the parser stands on; an object or array counts as absent. */
  public static @Nullable String text(JsonParser json) throws IOException {
    String raw = raw(json);
    return raw == null ? null : bounded(raw);
  }

  /** Returns the text, or the first value that was there. */
  public static @Nullable String first(@Nullable String earlier, JsonParser json)
      throws IOException {
    String text = text(json);
    return earlier == null ? text : earlier;
  }

  /** Returns the text as words for people, or the first value that was there. */
  public static @Nullable String label(@Nullable String earlier, JsonParser json)
      throws IOException {
    String text = raw(json);
    if (earlier != null || text == null) {
      return earlier;
    }
    return label(text);
  }

  /** Cuts the text to what is kept of words for people. */
  public static String label(String text) {
    return bounded(text, LABEL_CHARS);
  }

  /** Reads the value uncut. */
  public static @Nullable String raw(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (token.isStructStart()) {
      json.skipChildren();
      return null;
    }
    return token == JsonToken.VALUE_NULL ? null : present(json.getText());
  }

  public static @Nullable String present(String text) {
    char first = text.isEmpty() ? ' ' : text.charAt(0);
    // Almost every text shows by its first character that it is neither.
    if (first > ' ' && first < 0x80 && first != '<') {
      return text;
    }
    return text.isBlank() || text.equals(NULL_WORD) ? null : text;
  }

  public static String bounded(String text) {
    return bounded(text, TEXT_CHARS);
  }

  private static String bounded(String text, int chars) {
    if (text.length() <= chars) {
      return text;
    }
    boolean pair = Character.isHighSurrogate(text.charAt(chars - 1));
    return text.substring(0, pair ? chars - 1 : chars);
  }

  /** Passes an object or array by; returns whether it held anything. */
  public static boolean skippedContent(JsonParser json) throws IOException {
    boolean content = false;
    int open = 1;
    while (open > 0) {
      JsonToken token = json.nextToken();
      if (token.isStructStart()) {
        open++;
      } else if (token.isStructEnd()) {
        open--;
      }
      content |= open > 0;
    }
    return content;
  }

  /** Returns the whole number that the text is, or the substitute if it is none from 0 to most. */
  public static long digits(@Nullable String text, long most, long substitute) {
    if (text == null || text.isEmpty() || text.length() > 18) {
      return substitute;
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return substitute;
      }
      value = value * 10 + (c - '0');
    }
    return value <= most ? value : substitute;
  }

  /** Returns the number that the text is, or NaN. */
  public static double decimal(@Nullable String text) {
    if (text == null || text.length() > 40) {
      return Double.NaN;
    }
    double usual = usualDecimal(text);
    if (!Double.isNaN(usual)) {
      return usual;
    }
    if (!isDecimal(text)) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /**
   * Returns the number that up to 15 digits with one point among them are, or NaN for every other
   * text. Both the digits and the power of ten are exact, so their quotient is what the text means.
   */
  private static double usualDecimal(String text) {
    int from = text.startsWith("-") ? 1 : 0;
    int length = text.length();
    if (length - from > POWERS.length) {
      return Double.NaN;
    }
    long digits = 0;
    int point = -1;
    for (int i = from; i < length; i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        digits = digits * 10 + (c - '0');
      } else if (c == '.' && point < 0 && i > from) {
        point = i;
      } else {
        return Double.NaN;
      }
    }
    if (point < 0 || point == length - 1) {
      return Double.NaN;
    }
    double value = digits / POWERS[length - 1 - point];
    return from == 0 ? value : -value;
  }

  /** Double.parseDouble also takes NaN, Infinity, hexadecimals and type suffixes. */
  private static boolean isDecimal(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E') {
        return false;
      }
    }
    return true;
  }

  /** Returns the text in lower case; most ids are in it already. */
  public static String lower(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80 || (c >= 'A' && c <= 'Z')) {
        return text.toLowerCase(Locale.ROOT);
      }
    }
    return text;
  }

  public static boolean isTrue(@Nullable String text) {
    return text != null && text.equalsIgnoreCase("true");
  }

  /** Returns an id trimmed and in NFKC; of almost every one, the text itself. */
  public static String normalisedId(String text) {
    int length = text.length();
    int all = 0;
    for (int i = 0; i < length; i++) {
      all |= text.charAt(i); // without branches: every id goes through here
    }
    boolean plain =
        all < 0x80 && (length == 0 || (text.charAt(0) > ' ' && text.charAt(length - 1) > ' '));
    return plain ? text : bounded(Normalizer.normalize(text, Normalizer.Form.NFKC).strip());
  }
}
