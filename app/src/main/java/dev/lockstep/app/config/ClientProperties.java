package dev.lockstep.app.config;

import java.util.Map;

/**
 * Client properties for Kafka, which are passed on unchanged and shown by name only.
 *
 * @param values values by Kafka's names, such as {@code security.protocol}
 */
public record ClientProperties(Map<String, String> values) {
  /** Client properties without entries. */
  public static final ClientProperties NONE = new ClientProperties(Map.of());

  /** Creates an unmodifiable copy. */
  public ClientProperties {
    values = Map.copyOf(values);
  }

  @Override
  public String toString() {
    return "ClientProperties" + values.keySet().stream().sorted().toList();
  }
}
