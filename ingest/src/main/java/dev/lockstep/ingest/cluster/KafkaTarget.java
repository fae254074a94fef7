package dev.lockstep.ingest.cluster;

import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.process.Causes;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Kafka cluster to which activities are written.
 *
 * @param clientProperties properties of its Kafka clients, such as {@code bootstrap.servers}; they
 *     override the defaults except for those on which exactly-once depends
 * @param topicPrefix prefix of its topic and group names, {@code lockstep.} unless configured
 */
public record KafkaTarget(Map<String, Object> clientProperties, String topicPrefix) {

  static final String REQUEST_BYTES = "max.request.size";

  public KafkaTarget {
    clientProperties = Map.copyOf(clientProperties);
  }

  /**
   * Returns the largest size of a producer request in bytes.
   *
   * @throws ConfigException if the setting is not a number
   */
  int requestBytes() {
    Object set = clientProperties.get(REQUEST_BYTES);
    return set == null
        ? 2_097_152
        : (Integer) ConfigDef.parseType(REQUEST_BYTES, set, ConfigDef.Type.INT);
  }

  /** Returns the name of the topic of activities and watermarks. */
  public String activityTopic() {
    return new ClusterNames(topicPrefix).activity();
  }

  /**
   * Returns the name of the topic of dead letters. These are messages and records that could not be
   * read, and rows that a sink refused.
   */
  public String deadLettersTopic() {
    return new ClusterNames(topicPrefix).deadLetters();
  }

  /** Returns the name of the topic of quarantined records. */
  public String quarantineTopic() {
    return new ClusterNames(topicPrefix).quarantine();
  }

  /** Returns the name of the compacted topic of source positions. */
  public String positionsTopic() {
    return new ClusterNames(topicPrefix).positions();
  }

  /**
   * Returns the name of the consumer group whose members read a source.
   *
   * @param source name of the source in the configuration
   */
  public String ingestGroup(String source) {
    return new ClusterNames(topicPrefix).ingest(source);
  }

  /**
   * Returns the fix for a Kafka record that is too large, or for a missing right, or an empty text
   * for any other failure. The fix begins with a colon.
   */
  public String fix(KafkaException failure) {
    AuthorizationException refusal = Causes.find(failure, AuthorizationException.class);
    if (refusal != null) {
      return ": the credential of kafka.properties lacks a right; " + MissingRight.fix(refusal);
    }
    return Causes.find(failure, RecordTooLargeException.class) == null
        ? ""
        : (": a record for the target is too large; if this continues, raise max.message.bytes of"
                + " the topics %s, %s, %s and %s, or max.request.size in kafka.properties")
            .formatted(activityTopic(), deadLettersTopic(), quarantineTopic(), positionsTopic());
  }

  /**
   * Returns whether a producer failed because another producer with the same transactional id was
   * opened later, or because its own transaction timed out. Kafka's client wraps the exception in
   * some calls.
   */
  public static boolean isFenced(KafkaException failure) {
    return Causes.first(
            failure,
            cause ->
                cause instanceof ProducerFencedException
                    || cause instanceof InvalidProducerEpochException)
        != null;
  }

  @Override
  public String toString() {
    return "KafkaTarget[topicPrefix=" + topicPrefix + "]";
  }
}
