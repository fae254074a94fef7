package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.source.StartPositionCheck;
import dev.lockstep.schemas.text.Quoted;
import java.util.Map;

/**
 * Configuration of a topic or event hub that is read by Kafka's protocol.
 *
 * @param name name of the source in the configuration; part of positions and transactional ids
 * @param topic topic or event hub
 * @param consumerProperties properties of the source's Kafka client, which override its default
 *     properties. Positions depend on {@code enable.auto.commit}, {@code auto.offset.reset}, {@code
 *     allow.auto.create.topics} and {@code group.protocol}, which cannot be overridden.
 * @param arrivalFromHeader false if the arrival time is the timestamp of the Kafka record; true if
 *     it is the record header {@code lockstep-arrival} (decimal milliseconds since 1970), or, in a
 *     record without this header, a time in the message
 * @param from start to use if no position is stored: {@code earliest}, {@code latest}, or an ISO
 *     8601 time
 */
public record KafkaSourceConfig(
    String name,
    String topic,
    Map<String, Object> consumerProperties,
    boolean arrivalFromHeader,
    String from) {

  /**
   * Creates a configuration.
   *
   * @throws IllegalArgumentException if name or topic is empty, or {@code from} is no start
   */
  public KafkaSourceConfig {
    consumerProperties = Map.copyOf(consumerProperties);
    if (name.isBlank() || topic.isBlank()) {
      throw new IllegalArgumentException(
          "could not use the source %s: its name or its topic is empty; give both"
              .formatted(Quoted.of(name)));
    }
    StartPositionCheck.check(name, from);
  }

  @Override
  public String toString() {
    return "KafkaSourceConfig[name=" + name + ", topic=" + topic + "]";
  }
}
