package dev.lockstep.enrichment;

import java.util.Locale;

/** What a network is to its owner, as the networks file says. */
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

  /** Returns the class as people write it, e.g. {@code trusted-proxy}. */
  public String word() {
    return word;
  }
}
