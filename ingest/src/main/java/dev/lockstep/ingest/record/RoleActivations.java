package dev.lockstep.ingest.record;

import dev.lockstep.ingest.text.Scalars;
import org.jspecify.annotations.Nullable;

/**
 * Static methods that tell the outcome of a role activation in Privileged Identity Management from
 * the name of the operation or event.
 */
final class RoleActivations {
  private RoleActivations() {}

  /**
   * Returns the outcome of a role activation, such as {@code completed}, from the name of an
   * operation. If the name tells no outcome, the result is null.
   */
  static @Nullable String of(@Nullable String operation) {
    String text = operation == null ? "" : Scalars.lower(operation);
    if (text.contains("pim deactivat") || text.contains("activation expired")) {
      return "ended";
    } else if (!text.contains("pim activation")) {
      return null;
    } else if (text.contains("denied")) {
      return "denied";
    } else if (text.contains("cancel")) {
      return "cancelled";
    } else if (text.contains("approved")) {
      return "approved";
    } else if (text.contains("completed")) {
      return "completed";
    }
    return text.contains("request") ? "requested" : null;
  }

  static @Nullable String of(@Nullable String eventName, @Nullable String operation) {
    String event = eventName == null ? "" : Scalars.lower(eventName);
    return switch (event) {
      case "createrequestroleactivation" -> "requested";
      case "activaterole" -> "completed";
      case "removeactivatedrole" -> "ended";
      default -> of(operation);
    };
  }
}
