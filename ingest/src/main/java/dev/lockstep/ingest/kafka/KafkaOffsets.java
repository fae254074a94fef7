package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.cluster.SourceBacklogs;
import dev.lockstep.ingest.source.StartPositionCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Reader of a Kafka topic's offsets: the offset of a start position, and the first offset and end
 * offset of each partition. The end offset is the one after the last record.
 */
public final class KafkaOffsets {
  /**
   * Timeout of a request for offsets. The source is not polled during a request. A request for a
   * partition without a leader takes the whole timeout.
   */
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final Map<String, Object> TIMEOUTS =
      Map.of("default.api.timeout.ms", 10_000, "request.timeout.ms", 9_000);

  private final Consumer<byte[], byte[]> consumer;

  KafkaOffsets(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  long at(TopicPartition partition, String from) {
    boolean isTime =
        !from.equals(StartPositionCheck.EARLIEST) && !from.equals(StartPositionCheck.LATEST);
    long time = isTime ? Instant.parse(from).toEpochMilli() : 0;
    boolean isBefore1970 = time < 0; // for which Kafka has no offset
    if (from.equals(StartPositionCheck.EARLIEST) || isBefore1970) {
      return consumer.beginningOffsets(Set.of(partition), TIMEOUT).getOrDefault(partition, 0L);
    }
    if (isTime) {
      OffsetAndTimestamp found =
          consumer.offsetsForTimes(Map.of(partition, time), TIMEOUT).get(partition);
      if (found != null) {
        return found.offset();
      }
    }
    return consumer.endOffsets(Set.of(partition), TIMEOUT).getOrDefault(partition, 0L);
  }

  /**
   * Returns the first offset and the end offset of each partition of the source's topic. The end
   * offset is the one after the last record. The keys are partition numbers.
   *
   * @throws KafkaException if the source cannot be read within some seconds
   */
  public static Map<Integer, SourceBacklogs.Extent> extents(KafkaSourceConfig source) {
    Map<Integer, SourceBacklogs.Extent> extents = new TreeMap<>();
    try (Consumer<byte[], byte[]> consumer = KafkaClients.withoutGroup(source, Map.of(), TIMEOUTS);
        TopicIds ids = TopicIds.of(source.consumerProperties())) {
      List<TopicPartition> partitions = partitions(consumer, source.topic());
      String topicId = partitions.isEmpty() ? null : ids.of(source.topic());
      Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
      consumer
          .endOffsets(partitions)
          .forEach(
              (partition, end) ->
                  extents.put(
                      partition.partition(),
                      new SourceBacklogs.Extent(first.getOrDefault(partition, 0L), end, topicId)));
    }
    return extents;
  }

  static List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer, String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .toList();
  }

  /** Returns a topic id as positions store it, or null if the topic has no id. */
  public static @Nullable String topicId(@Nullable Uuid id) {
    return TopicIds.text(id);
  }
}
