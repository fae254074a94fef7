package dev.lockstep.app.estate;

import dev.lockstep.schemas.text.ComparableText;
import org.jspecify.annotations.Nullable;

/**
 * Static method that makes a name for a gateway from its resource id or host, without a look at the
 * estate.
 */
final class GatewayNames {
  static final String UNKNOWN = "(unknown)";

  private GatewayNames() {}

  /**
   * Returns a gateway's name: the last part of its resource id, or else its host. Without both it
   * is {@link #UNKNOWN}.
   */
  static String of(@Nullable String resourceId, @Nullable String host) {
    String id = ComparableText.of(resourceId);
    String name = id.isEmpty() ? ComparableText.of(host) : id.substring(id.lastIndexOf('/') + 1);
    return name.isEmpty() ? UNKNOWN : name;
  }
}
