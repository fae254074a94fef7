package dev.lockstep.app.estate;

import dev.lockstep.schemas.ComparableText;
import org.jspecify.annotations.Nullable;

/** Names for gateways that the estate does not list. */
final class GatewayNames {
  static final String UNKNOWN = "(unknown)";

  private GatewayNames() {}

  /**
   * Returns the last part of a resource id. Without an id it is the host, and without a host {@link
   * #UNKNOWN}.
   */
  static String of(@Nullable String resourceId, @Nullable String host) {
    String id = ComparableText.of(resourceId);
    String name = id.isEmpty() ? ComparableText.of(host) : id.substring(id.lastIndexOf('/') + 1);
    return name.isEmpty() ? UNKNOWN : name;
  }
}
