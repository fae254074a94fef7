package dev.lockstep.rules;

import dev.lockstep.enrichment.network.NetworkClass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Table of the gates that keep Defender alerts on shared addresses from corroborating findings.
 * There is one gate for each network class whose addresses many people or services share.
 */
public final class AlertGates {
  private static final String CORPORATE_EGRESS = "corporate-egress";
  private static final String BACKEND = "backend";
  private static final String TRUSTED_PROXY = "trusted-proxy";

  /** Names of the gates, in the order in which they are checked. */
  public static final List<String> NAMES = List.of(CORPORATE_EGRESS, BACKEND, TRUSTED_PROXY);

  private AlertGates() {}

  /**
   * Returns the gate for Defender alerts on addresses of a network class, or null if there is none.
   */
  public static @Nullable String of(NetworkClass networkClass) {
    return switch (networkClass) {
      case CORPORATE -> CORPORATE_EGRESS;
      case BACKEND -> BACKEND;
      case TRUSTED_PROXY -> TRUSTED_PROXY;
      default -> null;
    };
  }
}
