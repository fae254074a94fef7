package dev.lockstep.app.config;

import java.util.Map;

/**
 * Properties of the configuration that a Kafka client gets unchanged. Messages show only their
 * names.
 *
 * @param values values by Kafka's names, such as {@code security.protocol}
 */
public record ClientProperties(Map<String, String> values) {
  public static final ClientProperties NONE = new ClientProperties(Map.of());

  public ClientProperties {
    values = Map.copyOf(values);
  }

  @Override
  public String toString() {
    return "ClientProperties" + values.keySet().stream().sorted().toList();
  }
}
