package dev.lockstep.rules;

import dev.lockstep.enrichment.network.NetworkClass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Table of gates by network class; a gate keeps a Defender alert at a shared address from
 * corroborating findings. There is one for each network class whose addresses many people or
 * services share.
 */
public final class AlertGates {
  private static final String CORPORATE_EGRESS = "corporate-egress";
  private static final String BACKEND = "backend";
  private static final String TRUSTED_PROXY = "trusted-proxy";

  /** Names of the gates, in the order in which they are checked. */
  public static final List<String> NAMES = List.of(CORPORATE_EGRESS, BACKEND, TRUSTED_PROXY);

  private AlertGates() {}

  /**
   * Returns the gate by which alerts on addresses of this network class do not corroborate
   * findings. It is null for a class without such a gate.
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
