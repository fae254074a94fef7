package dev.lockstep.app.service;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.GroupMembership;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.topology.StreamsDefaults;
import dev.lockstep.schemas.ClusterNames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Properties of Kafka Streams for detections: defaults for latency and memory, which the operator
 * may override, and fixed values on which guarantees depend.
 */
final class DetectSettings {
  private static final String TRANSACTION_TIMEOUT = "transaction.timeout.ms";

  private DetectSettings() {}

  /**
   * @param instanceId id of this instance in the group, the same after a restart
   * @param mark hash of the instance's settings, by which other instances notice that theirs differ
   * @throws OperatorException if the commit interval is longer than the timeout of a transaction
   */
  static Properties of(Config.Kafka kafka, Path stateDir, String instanceId, String mark) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 200);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
    properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 32L * 1024 * 1024);
    // No verdict depends on the order in which a task's inputs are read.
    properties.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
    properties.putAll(GroupMembership.of(instanceId));
    properties.put(
        StreamsConfig.CLIENT_ID_CONFIG,
        new ClusterNames(kafka.topicPrefix()).detect() + "-" + mark + "-" + instanceId);
    // The open transaction of a killed instance blocks its readers until it is aborted.
    properties.put(TRANSACTION_TIMEOUT, 7_000);
    // Erased state leaves its changelogs within a day, if this version created them.
    properties.put(
        StreamsConfig.topicPrefix("max.compaction.lag.ms"), Duration.ofDays(1).toMillis());
    // Else topics between stages have log.retention.bytes of the brokers, and lose unread records.
    properties.put(StreamsConfig.topicPrefix("retention.bytes"), "-1");
    properties.put(StreamsConfig.mainConsumerPrefix("max.poll.records"), 1_000);
    // A record may be a bundle of 128 KB, and Streams limits the number of records, not bytes.
    properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 8);
    properties.put(StreamsConfig.mainConsumerPrefix("auto.offset.reset"), "earliest");
    properties.put("enable.metrics.push", false);
    properties.putAll(StreamsDefaults.ALL);
    properties.putAll(kafka.clientSettings());
    // Kafka refuses any other value together with exactly-once.
    properties.put(StreamsConfig.producerPrefix("acks"), "all");
    properties.put(
        StreamsConfig.APPLICATION_ID_CONFIG, new ClusterNames(kafka.topicPrefix()).detect());
    properties.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, (int) kafka.replication());
    properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    // Kafka Streams compares the commit interval with the prefixed property alone.
    properties.putIfAbsent(
        StreamsConfig.producerPrefix(TRANSACTION_TIMEOUT), properties.get(TRANSACTION_TIMEOUT));
    checkCommitInterval(properties);
    return properties;
  }

  private static void checkCommitInterval(Properties properties) {
    String interval = text(properties, StreamsConfig.COMMIT_INTERVAL_MS_CONFIG);
    String timeout = text(properties, StreamsConfig.producerPrefix(TRANSACTION_TIMEOUT));
    boolean isLonger;
    try {
      isLonger = Long.parseLong(interval) > Long.parseLong(timeout);
    } catch (NumberFormatException e) { // Kafka Streams says which of them is no number
      return;
    }
    if (isLonger) {
      throw new OperatorException(
          "could not start detect: commit.interval.ms is %s and %s is %s, so that each transaction would be aborted before its commit; write a smaller commit.interval.ms in kafka.properties, or remove it"
              .formatted(interval, TRANSACTION_TIMEOUT, timeout));
    }
  }

  private static String text(Properties properties, String key) {
    return String.valueOf(properties.get(key)).strip();
  }
}
