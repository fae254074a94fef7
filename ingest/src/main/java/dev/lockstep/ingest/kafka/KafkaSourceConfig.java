package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.source.Beginning;
import dev.lockstep.schemas.Quoted;
import java.util.Map;

/**
 * A topic or event hub to read.
 *
 * @param name the source's name in the configuration; part of positions and transactional ids
 * @param topic topic or event hub
 * @param consumerProperties properties of the source's Kafka client; they go before our own but for
 *     those that positions rest on: {@code enable.auto.commit}, {@code auto.offset.reset}, {@code
 *     allow.auto.create.topics}, {@code group.protocol}
 * @param arrivalFromHeader whether arrival is the record header {@code lockstep-arrival} (decimal
 *     milliseconds since 1970), and where that is missing the record's own, instead of the time at
 *     which the broker took the record
 * @param from where to begin without a stored position: {@code earliest}, {@code latest}, or an ISO
 *     8601 time
 */
public record KafkaSourceConfig(
    String name,
    String topic,
    Map<String, Object> consumerProperties,
    boolean arrivalFromHeader,
    String from) {

  /** Refuses an unreadable {@code from} and empty names. */
  public KafkaSourceConfig {
    consumerProperties = Map.copyOf(consumerProperties);
    if (name.isBlank() || topic.isBlank()) {
      throw new IllegalArgumentException(
          "could not take the source %s: its name or its topic is empty; give both"
              .formatted(Quoted.of(name)));
    }
    Beginning.check(name, from);
  }

  @Override
  public String toString() {
    return "KafkaSourceConfig[name=" + name + ", topic=" + topic + "]";
  }
}
