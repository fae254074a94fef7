package dev.lockstep.ingest.text;

import dev.lockstep.schemas.text.Guid;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Converter of a token id, written as a GUID or in base64, to a GUID in lower case. A token id is
 * the GUID's text, the base64 of the GUID's 16 bytes (22 characters, first three fields
 * little-endian), or the base64 of the GUID's text (48 characters). Any other text stays as it is.
 */
public final class TokenIds {
  private static final int GUID_BYTES = 16;

  /**
   * Index in a GUID's text at which the two digits of each byte begin. The first three fields are
   * little-endian.
   */
  private static final int[] PLACES = {
    6, 4, 2, 0, 11, 9, 16, 14, 19, 21, 24, 26, 28, 30, 32, 34,
  };

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SEXTETS = sextets();

  private TokenIds() {}

  /**
   * Normalises a token id, but returns null for a null text or for the all-zero GUID. The normal
   * form is that of {@link #normalised}. The all-zero GUID stands for an unknown id.
   */
  public static @Nullable String known(@Nullable String text) {
    String id = text == null ? null : normalised(text);
    return id == null || Guid.isZero(id) ? null : id;
  }

  /**
   * Returns a token id as a GUID in lower case, whether it is written as a GUID or in base64. Any
   * other text is returned unchanged.
   */
  public static String normalised(String text) {
    int length = text.length();
    while (length > 0 && text.charAt(length - 1) == '=') {
      length--;
    }
    if (length == Guid.CHARS) {
      String guid = Scalars.lower(text.substring(0, length));
      return Guid.isGuid(guid) ? guid : text;
    } else if (length == 22) {
      byte[] bytes = decoded(text, length);
      return bytes == null ? text : guidOf(bytes);
    } else if (length == 48) {
      byte[] bytes = decoded(text, length);
      String guid = bytes == null ? null : asciiGuid(bytes);
      return guid == null ? text : guid;
    }
    return text;
  }

  private static String guidOf(byte[] bytes) {
    byte[] guid = new byte[Guid.CHARS];
    guid[8] = '-';
    guid[13] = '-';
    guid[18] = '-';
    guid[23] = '-';
    for (int i = 0; i < GUID_BYTES; i++) {
      int place = PLACES[i];
      guid[place] = HEX[(bytes[i] >> 4) & 15];
      guid[place + 1] = HEX[bytes[i] & 15];
    }
    return new String(guid, StandardCharsets.ISO_8859_1);
  }

  private static @Nullable String asciiGuid(byte[] bytes) {
    StringBuilder guid = new StringBuilder(Guid.CHARS);
    for (byte b : bytes) {
      guid.append((char) (b & 0xff));
    }
    String text = Scalars.lower(guid.toString());
    return Guid.isGuid(text) ? text : null;
  }

  /**
   * Decodes the beginning of a text as base64, or returns null if it is no base64. The first {@code
   * length} characters are decoded. Both the standard and the URL alphabet are read. Spare bits
   * have to be 0.
   */
  private static byte @Nullable [] decoded(String text, int length) {
    byte[] bytes = new byte[length * 6 / 8];
    int bits = 0;
    int held = 0;
    int out = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      int value = c < SEXTETS.length ? SEXTETS[c] : -1;
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

  private static byte[] sextets() {
    byte[] values = new byte[128];
    Arrays.fill(values, (byte) -1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int i = 0; i < alphabet.length(); i++) {
      values[alphabet.charAt(i)] = (byte) i;
    }
    values['+'] = values['-'];
    values['/'] = values['_'];
    return values;
  }
}
