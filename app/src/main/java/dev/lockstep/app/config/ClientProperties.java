package dev.lockstep.app.config;

import java.util.Map;

/**
 * Settings of a Kafka client that are passed on as they are; shown by their names only.
 *
 * @param values by Kafka's own names, such as {@code security.protocol}
 */
public record ClientProperties(Map<String, String> values) {
  /** None. */
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
