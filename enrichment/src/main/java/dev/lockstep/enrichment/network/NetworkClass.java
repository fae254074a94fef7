package dev.lockstep.enrichment.network;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a network is: as the networks file says, else a database, else the bundled list. */
public enum NetworkClass {
  /** Our own egress. */
  CORPORATE,
  /** Servers that sign in or call on a user's behalf. */
  BACKEND,
  /** Front Door and the like: the client is behind it. */
  TRUSTED_PROXY,
  VPN,
  MOBILE,
  SATELLITE,
  HOSTING,
  RESIDENTIAL,
  UNKNOWN;

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** Returns the class that people write so, or null. */
  public static @Nullable NetworkClass ofWord(String word) {
    for (NetworkClass each : values()) {
      if (each.word.equals(word)) {
        return each;
      }
    }
    return null;
  }

  /** Returns the class as people write it, e.g. {@code trusted-proxy}. */
  public String word() {
    return word;
  }
}
