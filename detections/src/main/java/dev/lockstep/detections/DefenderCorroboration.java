package dev.lockstep.detections;

import org.jspecify.annotations.Nullable;

/** The rule {@code defender-corroboration}: what its two halves have in common. */
final class DefenderCorroboration {
  static final String ID = RuleInfo.DEFENDER_CORROBORATION.id();
  static final String FLAGGED_ADDRESS = "flagged-address";
  static final String ALREADY_NAMED = "already-named";

  /** The gate of an alert that one of our own findings has become. */
  static final String OWN_ALERT = "own-alert";

  /** Whoever signed in under a UPN so close to an alert is whom the alert means by it. */
  static final int NAME_MINUTES = 24 * 60;

  private DefenderCorroboration() {}

  /** Returns the gate of a class of networks that never match, null for one that may. */
  static @Nullable String gate(String networkClass) {
    return switch (networkClass) {
      case "corporate" -> "corporate-egress";
      case "backend", "trusted-proxy" -> networkClass;
      default -> null;
    };
  }
}
