package dev.lockstep.capture.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;

/**
 * Converter of a token's identifier, a GUID, into its two spellings: 22 characters of base64url,
 * and the Base64 form of the GUID's text.
 */
public final class TokenIdForms {
  private TokenIdForms() {}

  /**
   * Returns a token id as access tokens and newer sign-in records spell it. It is the base64url
   * form of its bytes, in 22 characters.
   */
  public static String compact(UUID id) {
    ByteBuffer bytes = ByteBuffer.allocate(16);
    long high = id.getMostSignificantBits();
    bytes.putInt(Integer.reverseBytes((int) (high >>> 32)));
    bytes.putShort(Short.reverseBytes((short) (high >>> 16)));
    bytes.putShort(Short.reverseBytes((short) high));
    bytes.putLong(id.getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /**
   * Returns a token id as older sign-in records spell it. It is the Base64 form of its text, in 48
   * characters.
   */
  public static String spelledOut(UUID id) {
    return Base64.getEncoder().encodeToString(id.toString().getBytes(StandardCharsets.US_ASCII));
  }
}
