package dev.lockstep.app.config;

import java.util.Map;

/**
 * Properties that the configuration passes unchanged to a Kafka client. Messages show only the
 * names of properties.
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
