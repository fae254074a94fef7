package dev.lockstep.schemas;

import org.jspecify.annotations.NullMarked;

/**
 * Names of the topics in the target cluster, and of the consumer groups.
 *
 * @param prefix beginning of all these names, {@code lockstep.} unless configured
 */
@NullMarked
public record ClusterNames(String prefix) {
  /** Returns the topic of activities and watermarks. */
  public String activity() {
    return prefix + "activity";
  }

  /** Returns the topic of detections. Its keys are the ids of findings. */
  public String detections() {
    return prefix + "detections";
  }

  /**
   * Returns the topic of dead letters: messages and records that could not be read, and rows that a
   * sink refused.
   */
  public String deadLetters() {
    return prefix + "dead-letters";
  }

  /** Returns the topic of records that are kept out of the rules because of their time. */
  public String quarantine() {
    return prefix + "quarantine";
  }

  /** Returns the compacted topic of source positions. */
  public String positions() {
    return prefix + "positions";
  }

  /** Returns the compacted topic of published Sigma files. */
  public String rules() {
    return prefix + "rules";
  }

  /**
   * Returns the consumer group whose members read a source. The group of a Kafka topic or hub is on
   * the cluster of that topic, not on the target.
   *
   * @param source name of the source in the configuration
   */
  public String ingest(String source) {
    return prefix + "ingest-" + source;
  }

  /**
   * Returns the application id of Lockstep's Kafka Streams application. It is also the name of its
   * consumer group and the beginning of the names of its internal topics.
   */
  public String detect() {
    return prefix + "detect";
  }

  /**
   * Returns the consumer group that forwards detections to Sentinel. The groups of other sinks add
   * the sink's name.
   */
  public String forwarder() {
    return prefix + "forwarder";
  }
}
