package dev.lockstep.detections.encoding;

import dev.lockstep.schemas.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Static methods that hash texts and numbers, for ids and sort orders that are the same on every
 * machine and in every version.
 */
public final class Hashes {
  /**
   * Avro's 64-bit fingerprint of an empty text, which is also the start value for the fingerprint
   * of any other text. Avro computes with it as the polynomial, too.
   */
  public static final long EMPTY = 0xC15D213AA4D7A795L;

  /**
   * Factor that spreads a number over the bits of a hash. It is odd, so that different inputs stay
   * different, and about half of its bits are ones.
   */
  private static final long NUMBERS = 0x9E3779B97F4A7C15L;

  private static final long LENGTHS = 0xC2B2AE3D27D4EB4FL;

  private static final int DIGEST_BYTES = 16;

  private static final long[] FINGERPRINTS = fingerprints();

  private Hashes() {}

  private static long[] fingerprints() {
    long[] ofBytes = new long[256];
    for (int one = 0; one < ofBytes.length; one++) {
      long fingerprint = one;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        fingerprint = (fingerprint >>> 1) ^ (EMPTY & -(fingerprint & 1));
      }
      ofBytes[one] = fingerprint;
    }
    return ofBytes;
  }

  /**
   * Returns the hash of a text, which is a number of 64 bits. It is Avro's fingerprint of 64 bits
   * of the text in UTF-8. Collections of limited size keep the members with the smallest hashes.
   */
  public static long of(CharSequence member) {
    return more(EMPTY, member);
  }

  /**
   * Returns the hash of a text, combined with an earlier hash. It is much faster than {@link #of},
   * and follows no published algorithm.
   *
   * @param before hash of what came before; 0 if nothing did
   */
  public static long mixed(long before, String text) {
    long hash = before ^ (text.length() * LENGTHS);
    int at = 0;
    for (; at + 4 <= text.length(); at += 4) {
      hash =
          mixed(
              hash,
              text.charAt(at)
                  | (long) text.charAt(at + 1) << 16
                  | (long) text.charAt(at + 2) << 32
                  | (long) text.charAt(at + 3) << 48);
    }
    long rest = 0;
    for (; at < text.length(); at++) {
      rest = rest << 16 | text.charAt(at);
    }
    return mixed(hash, rest);
  }

  /** Returns the hash of a number, combined with an earlier hash. */
  public static long mixed(long before, long number) {
    long hash = (before ^ number) * NUMBERS;
    return hash ^ (hash >>> 29);
  }

  private static long more(long before, CharSequence text) {
    long hash = before;
    for (int i = 0; i < text.length(); i++) {
      char one = text.charAt(i);
      if (one > 0x7F) {
        String rest = text.subSequence(i, text.length()).toString();
        for (byte each : rest.getBytes(StandardCharsets.UTF_8)) {
          hash = step(hash, each);
        }
        return hash;
      }
      hash = step(hash, one);
    }
    return hash;
  }

  private static long step(long hash, int one) {
    return (hash >>> 8) ^ FINGERPRINTS[(int) (hash ^ one) & 0xFF];
  }

  /**
   * Returns the id of a list of parts in hexadecimal digits. It is the first 128 bits of the
   * SHA-256 of the parts and their lengths.
   */
  public static String id(List<String> parts) {
    return HexFormat.of().formatHex(digest(parts));
  }

  /** Returns the first 128 bits of the SHA-256 of a list of parts and their lengths. */
  public static byte[] digest(List<String> parts) {
    MessageDigest sha = Sha256.digest();
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      sha.update((byte) (bytes.length >> 8));
      sha.update((byte) bytes.length);
      sha.update(bytes);
    }
    return Arrays.copyOf(sha.digest(), DIGEST_BYTES);
  }
}
