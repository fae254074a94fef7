package dev.lockstep.ingest;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Brings a token's identifier into one form: the GUID in lower case. It is written as the GUID's
 * own text, as the base64 of its 16 bytes (22 characters, first three fields little-endian), or as
 * the base64 of its text (48 characters). Anything else stays as it is, case kept.
 */
public final class TokenIds {
  private static final int GUID_CHARS = 36;
  private static final int[] BYTE_ORDER = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private TokenIds() {}

  /** Returns the GUID that a text names, or the text itself if it names none. */
  public static String normalised(String text) {
    int length = text.length();
    while (length > 0 && text.charAt(length - 1) == '=') {
      length--;
    }
    String guid = null;
    if (length == GUID_CHARS && isGuid(text, length)) {
      guid = text.substring(0, length);
    } else if (length == 22) {
      byte[] bytes = decoded(text, length);
      guid = bytes == null ? null : guidOf(bytes);
    } else if (length == 48) {
      byte[] bytes = decoded(text, length);
      guid = bytes == null ? null : asciiGuid(bytes);
    }
    return guid == null ? text : guid.toLowerCase(Locale.ROOT);
  }

  private static boolean isGuid(String text, int length) {
    if (length != GUID_CHARS) {
      return false;
    }
    for (int i = 0; i < GUID_CHARS; i++) {
      char c = text.charAt(i);
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? c != '-' : Character.digit(c, 16) < 0 || c > 'f') {
        return false;
      }
    }
    return true;
  }

  private static String guidOf(byte[] bytes) {
    StringBuilder guid = new StringBuilder(GUID_CHARS);
    for (int i = 0; i < BYTE_ORDER.length; i++) {
      if (i == 4 || i == 6 || i == 8 || i == 10) {
        guid.append('-');
      }
      int b = bytes[BYTE_ORDER[i]] & 0xff;
      guid.append(HEX[b >> 4]).append(HEX[b & 15]);
    }
    return guid.toString();
  }

  private static @Nullable String asciiGuid(byte[] bytes) {
    StringBuilder guid = new StringBuilder(GUID_CHARS);
    for (byte b : bytes) {
      guid.append((char) (b & 0xff));
    }
    String text = guid.toString();
    return isGuid(text, text.length()) ? text : null;
  }

  /** Decodes either alphabet; null if a character is of neither or the spare bits are not 0. */
  private static byte @Nullable [] decoded(String text, int length) {
    byte[] bytes = new byte[length * 6 / 8];
    int bits = 0;
    int held = 0;
    int out = 0;
    for (int i = 0; i < length; i++) {
      int value = sextet(text.charAt(i));
      if (value < 0) {
        return null;
      }
      bits = (bits << 6 | value) & 0xffff;
      held += 6;
      if (held >= 8) {
        held -= 8;
        bytes[out++] = (byte) (bits >> held);
      }
    }
    return (bits & ((1 << held) - 1)) == 0 ? bytes : null;
  }

  private static int sextet(char c) {
    if (c >= 'A' && c <= 'Z') {
      return c - 'A';
    } else if (c >= 'a' && c <= 'z') {
      return c - 'a' + 26;
    } else if (c >= '0' && c <= '9') {
      return c - '0' + 52;
    } else if (c == '-' || c == '+') {
      return 62;
    } else if (c == '_' || c == '/') {
      return 63;
    } else {
      return -1;
    }
  }
}
