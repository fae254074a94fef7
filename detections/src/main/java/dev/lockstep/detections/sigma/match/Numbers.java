package dev.lockstep.detections.sigma.match;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Parser of decimal numbers, with optional sign, fraction and exponent, from texts of limited
 * length.
 */
public final class Numbers {
  private static final int MOST_EXPONENT_DIGITS = 4;

  private Numbers() {}

  /**
   * Returns a text as a decimal number, or null if it is no number or exceeds a limit. The limits
   * are {@code mostChars} characters, and four digits of the exponent.
   */
  public static @Nullable BigDecimal parse(String text, int mostChars) {
    int length = text.length();
    if (length == 0 || length > mostChars) {
      return null;
    }
    int at = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    int digits = digits(text, at);
    at += digits;
    if (at < length && text.charAt(at) == '.') {
      int decimals = digits(text, at + 1);
      digits += decimals;
      at += 1 + decimals;
    }
    if (digits == 0) {
      return null;
    }
    if (at < length && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < length && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
        at++;
      }
      int exponent = digits(text, at);
      if (exponent == 0 || exponent > MOST_EXPONENT_DIGITS) {
        return null;
      }
      at += exponent;
    }
    return at == length ? new BigDecimal(text) : null;
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at - from;
  }
}
