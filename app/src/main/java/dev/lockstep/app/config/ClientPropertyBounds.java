package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfigValue;
import java.util.Map;

/**
 * Lower bounds of Kafka client properties, below which the configuration is refused. Kafka accepts
 * smaller values too, but a service with them would wait for ever without an error.
 */
final class ClientPropertyBounds {
  /**
   * Lower bounds of Kafka client properties, by the name of the property. Kafka Streams waits up to
   * half of {@code max.poll.interval.ms} for the creation of its topics, and a call to a cluster
   * may take 5 s. A broker may delay the answer to a fetch by half a second. A record may have 1
   * MiB.
   */
  private static final Map<String, Integer> LEAST =
      Map.of(
          "max.poll.interval.ms", 10_000,
          "request.timeout.ms", 1_000,
          "default.api.timeout.ms", 1_000,
          "max.block.ms", 1_000,
          "buffer.memory", 1 << 20);

  private ClientPropertyBounds() {}

  /**
   * Checks that no value of a Kafka client property is below the lower bound of the property.
   *
   * @throws dev.lockstep.app.terminal.OperatorException if a value is below its bound
   */
  static void check(Map<String, ConfigValue> properties) {
    properties.forEach(
        (key, setting) -> {
          Integer least = LEAST.get(ClientPropertyNames.withoutPrefix(key));
          if (least != null) {
            setting.whole(least, Long.MAX_VALUE);
          }
        });
  }
}
