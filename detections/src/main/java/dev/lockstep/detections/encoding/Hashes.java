package dev.lockstep.detections.encoding;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.SchemaNormalization;

/** Hashes for orders and ids, the same on every machine and in every version. */
public final class Hashes {
  private Hashes() {}

  /** Returns the hash by which the members of a bounded set are ordered. */
  public static long of(String member) {
    return SchemaNormalization.fingerprint64(member.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the id of a list of parts: the first 128 bits of their SHA-256, in hexadecimal digits.
   */
  public static String id(List<String> parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        sha.update((byte) (bytes.length >> 8));
        sha.update((byte) bytes.length);
        sha.update(bytes);
      }
      return HexFormat.of().formatHex(sha.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
