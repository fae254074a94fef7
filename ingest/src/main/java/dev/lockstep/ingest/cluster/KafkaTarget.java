package dev.lockstep.ingest.cluster;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * The cluster that activities go to.
 *
 * @param clientProperties properties of its Kafka clients, {@code bootstrap.servers} among them;
 *     they go before our own but for those that each record's being there once rests on
 * @param topicPrefix what the names of its topics begin with, {@code lockstep.} as a rule
 */
public record KafkaTarget(Map<String, Object> clientProperties, String topicPrefix) {

  static final String REQUEST_BYTES = "max.request.size";

  /** Keeps its own copy. */
  public KafkaTarget {
    clientProperties = Map.copyOf(clientProperties);
  }

  /**
   * Returns how large a request of its producers may be, and so a record.
   *
   * @throws ConfigException if that is set to something else than a number
   */
  int requestBytes() {
    Object set = clientProperties.get(REQUEST_BYTES);
    return set == null
        ? 2_097_152
        : (Integer) ConfigDef.parseType(REQUEST_BYTES, set, ConfigDef.Type.INT);
  }

  /** Returns the topic of activities and clocks. */
  public String activityTopic() {
    return topicPrefix + "activity";
  }

  /** Returns the topic of rejected records. */
  public String deadLettersTopic() {
    return topicPrefix + "dead-letters";
  }

  /** Returns the topic of records that are out of time. */
  public String quarantineTopic() {
    return topicPrefix + "quarantine";
  }

  /** Returns the compacted topic of source positions. */
  public String positionsTopic() {
    return topicPrefix + "positions";
  }

  @Override
  public String toString() {
    return "KafkaTarget[topicPrefix=" + topicPrefix + "]";
  }
}
