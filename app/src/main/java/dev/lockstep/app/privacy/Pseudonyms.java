package dev.lockstep.app.privacy;

import dev.lockstep.app.setting.Secret;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Maker of pseudonyms, which converts a text, such as the name of a user, to its pseudonym with a
 * secret key. Texts of one kind that are equal except for case have equal pseudonyms. Nobody
 * without the key can find the person behind a pseudonym.
 */
public final class Pseudonyms {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int RANDOM_KEY_BYTES = 32;

  private final SecretKeySpec key;
  private final boolean isKeyed;

  private Pseudonyms(byte[] key, boolean isKeyed) {
    this.key = new SecretKeySpec(key, ALGORITHM);
    this.isKeyed = isKeyed;
  }

  /**
   * Creates a maker of pseudonyms with a given key, or with a new random key if the given key is
   * null.
   */
  public static Pseudonyms of(@Nullable Secret key) {
    if (key != null) {
      return new Pseudonyms(key.reveal().getBytes(StandardCharsets.UTF_8), true);
    }
    byte[] random = new byte[RANDOM_KEY_BYTES];
    new SecureRandom().nextBytes(random);
    return new Pseudonyms(random, false);
  }

  /** Returns whether a key was given. Without a given key, each run has other pseudonyms. */
  public boolean isKeyed() {
    return isKeyed;
  }

  /** Returns whether a text has the form of a pseudonym for a kind of thing. */
  public static boolean isOne(String kind, String text) {
    int from = kind.length() + 1;
    return text.startsWith(kind + "-")
        && text.length() == from + 2 * Long.BYTES
        && text.substring(from).chars().allMatch(HexFormat::isHexDigit);
  }

  /**
   * Returns the pseudonym of a text, such as {@code user-0c91f5a2b7d4e836}.
   *
   * @param kind kind of thing that the text names
   */
  public String of(String kind, String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      byte[] whole = mac.doFinal(text.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
      return kind + "-" + HexFormat.of().formatHex(whole, 0, Long.BYTES);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("this Java platform lacks " + ALGORITHM, e);
    }
  }
}
