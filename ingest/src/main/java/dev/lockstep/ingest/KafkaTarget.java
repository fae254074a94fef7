package dev.lockstep.ingest;

import java.util.Map;

/**
 * The cluster that activities go to.
 *
 * @param clientProperties properties of its Kafka clients, {@code bootstrap.servers} among them;
 *     they go before our own but for those that each record's being there once rests on
 * @param topicPrefix what the names of its topics begin with, {@code lockstep.} as a rule
 */
public record KafkaTarget(Map<String, Object> clientProperties, String topicPrefix) {

  /** Keeps its own copy. */
  public KafkaTarget {
    clientProperties = Map.copyOf(clientProperties);
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
