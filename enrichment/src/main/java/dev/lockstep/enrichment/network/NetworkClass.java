package dev.lockstep.enrichment.network;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Class of a network, such as hosting or VPN. The networks files give it, else a GeoIP database,
 * else the bundled list of providers.
 */
public enum NetworkClass {
  /** Network from which the operator's own users reach the internet. */
  CORPORATE,
  /** Servers that sign in or call on a user's behalf. */
  BACKEND,
  /** Front Door or another proxy, which reports the address of the client behind it. */
  TRUSTED_PROXY,
  VPN,
  MOBILE,
  SATELLITE,
  HOSTING,
  RESIDENTIAL,
  UNKNOWN;

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** Returns the network class with the given word, or null if no class has this word. */
  public static @Nullable NetworkClass ofWord(String word) {
    for (NetworkClass each : values()) {
      if (each.word.equals(word)) {
        return each;
      }
    }
    return null;
  }

  /** Returns the word for the class as people write it, for example {@code trusted-proxy}. */
  public String word() {
    return word;
  }
}
