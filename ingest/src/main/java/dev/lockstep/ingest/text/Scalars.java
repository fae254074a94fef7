package dev.lockstep.ingest.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.schemas.text.Guid;
import java.io.IOException;
import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reader of single JSON values, such as texts and numbers, in the various forms in which Azure
 * writes them. A number or a truth value may also be written as a text. Null, an empty or blank
 * text, {@code <null>}, an empty object and an empty array stand for an absent value.
 */
public final class Scalars {
  /**
   * Number of characters to which an id, name or address is cut, far more than a genuine id, name
   * or address has. The limit keeps one record from filling the state of a key, which holds a few
   * of these texts for weeks.
   */
  public static final int TEXT_CHARS = 1024;

  /** Number of characters to which descriptive texts of a record, such as a user agent, are cut. */
  public static final int LABEL_CHARS = 256;

  private static final String NULL_WORD = "<null>";

  private static final double[] POWERS = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  };

  private Scalars() {}

  /**
   * Returns the parser's current value as a text, cut to {@value #TEXT_CHARS} characters. It is
   * null if the value is absent, an object or a list.
   */
  public static @Nullable String text(JsonParser json) throws IOException {
    String raw = raw(json);
    return raw == null ? null : bounded(raw);
  }

  /**
   * Returns the earlier value if there is one, or else the parser's current value as a text, cut to
   * {@value #TEXT_CHARS} characters. The result is null if both are absent.
   */
  public static @Nullable String first(@Nullable String earlier, JsonParser json)
      throws IOException {
    String text = text(json);
    return earlier == null ? text : earlier;
  }

  /**
   * Returns the earlier value if there is one, or else the parser's current value as a text, cut to
   * {@value #LABEL_CHARS} characters. It is meant for descriptive texts, such as a user agent. The
   * result is null if both are absent.
   */
  public static @Nullable String label(@Nullable String earlier, JsonParser json)
      throws IOException {
    String text = raw(json);
    if (earlier != null || text == null) {
      return earlier;
    }
    return label(text);
  }

  /**
   * Cuts a descriptive text, such as a user agent, to {@value #LABEL_CHARS} characters if it has
   * more.
   */
  public static String label(String text) {
    return bounded(text, LABEL_CHARS);
  }

  /**
   * Returns the parser's current scalar value as a text, trimmed but not cut. The result is null
   * for an absent value, an object or a list.
   */
  public static @Nullable String raw(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (token.isStructStart()) {
      json.skipChildren();
      return null;
    }
    return token == JsonToken.VALUE_NULL ? null : present(json.getText());
  }

  /**
   * Returns a text trimmed, or null if the text is blank or is the placeholder {@code <null>}. Both
   * stand for an absent value.
   */
  public static @Nullable String present(String text) {
    int last = text.length() - 1;
    if (last >= 0) {
      char from = text.charAt(0);
      char to = text.charAt(last);
      // The first and last characters of almost every text show that it needs no change.
      if (from > ' ' && from < 0x80 && from != '<' && to > ' ' && to < 0x80) {
        return text;
      }
    }
    String bare = text.strip();
    return bare.isEmpty() || bare.equals(NULL_WORD) ? null : bare;
  }

  /**
   * Returns the earlier id if there is one, or else the parser's current value as an id. If there
   * is no earlier id, the result is null if the current value is absent or the all-zero GUID.
   */
  public static @Nullable String firstId(@Nullable String earlier, JsonParser json)
      throws IOException {
    String text = text(json);
    return earlier != null || text == null || Guid.isZero(text) ? earlier : text;
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

  /** Skips an object or array, and returns whether it had any content. */
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

  /**
   * Returns the whole number from 0 to {@code most} in a text of digits, or else -1. The text may
   * have at most 18 digits, and nothing else.
   */
  public static long digits(@Nullable String text, long most) {
    if (text == null || text.isEmpty() || text.length() > 18) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value <= most ? value : -1;
  }

  /**
   * Returns the whole number from 0 to {@code most} in a text, or else {@code substitute}. The
   * number may be written with a fraction of zeros or an exponent, such as {@code 200.0} or {@code
   * 2e2}, as serialisers of decimal numbers do.
   */
  public static long whole(@Nullable String text, long most, long substitute) {
    long digits = digits(text, most);
    if (digits >= 0) {
      return digits;
    }
    double number = decimal(text);
    return number >= 0 && number <= most && number == Math.rint(number)
        ? (long) number
        : substitute;
  }

  /** Returns the decimal number in a text of at most 40 characters, or NaN for any other text. */
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
   * Returns the value of a text that is a decimal number with a point and at most 15 digits, else
   * NaN. Digits and power of ten are exact, so their quotient is the nearest number.
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

  private static boolean isDecimal(String text) {
    // Double.parseDouble would also accept NaN, Infinity, hexadecimal numbers and type suffixes.
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E') {
        return false;
      }
    }
    return true;
  }

  /** Returns a text in lower case, without a copy if it already is. */
  public static String lower(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80 || (c >= 'A' && c <= 'Z')) {
        return text.toLowerCase(Locale.ROOT);
      }
    }
    return text;
  }

  /** Returns a text in lower case, or null for null. */
  public static @Nullable String lowerOrNull(@Nullable String text) {
    return text == null ? null : lower(text);
  }

  public static boolean isTrue(@Nullable String text) {
    return text != null && text.equalsIgnoreCase("true");
  }

  /**
   * Returns an id trimmed and in the Unicode normalization form NFKC. A text outside ASCII is then
   * cut to at most {@value #TEXT_CHARS} characters, because NFKC may lengthen it.
   */
  public static String normalisedId(String text) {
    int length = text.length();
    int all = 0;
    for (int i = 0; i < length; i++) {
      all |= text.charAt(i); // without branches, because every id passes here
    }
    boolean plain =
        all < 0x80 && (length == 0 || (text.charAt(0) > ' ' && text.charAt(length - 1) > ' '));
    return plain ? text : bounded(Normalizer.normalize(text, Normalizer.Form.NFKC).strip());
  }
}
