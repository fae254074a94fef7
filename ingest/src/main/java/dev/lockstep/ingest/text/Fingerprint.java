package dev.lockstep.ingest.text;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Hash function of texts or bytes with the same result in every process: FNV-1a with 64 bits. */
public final class Fingerprint {
  public static final long START = 0xcbf29ce484222325L;
  private static final long STEP = 0x100000001b3L;

  private Fingerprint() {}

  /** Continues a hash with the characters of a text, and returns the new hash. */
  public static long fold(long hash, String text) {
    long folded = hash;
    for (int i = 0; i < text.length(); i++) {
      folded = (folded ^ text.charAt(i)) * STEP;
    }
    return folded;
  }

  public static long of(byte[] bytes) {
    long hash = START;
    for (byte each : bytes) {
      hash = (hash ^ (each & 0xFF)) * STEP;
    }
    return hash;
  }

  /**
   * Returns one hash of all texts in the given order, as 16 hexadecimal digits. A null text counts
   * too.
   */
  public static String of(@Nullable String... texts) {
    long hash = START;
    for (String text : texts) {
      hash = fold(hash, text == null ? "\u0000" : text);
      hash = fold(hash, "\u001f");
    }
    return HexFormat.of().toHexDigits(hash);
  }
}
