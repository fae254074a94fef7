package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.source.PartitionContent;
import dev.lockstep.schemas.LastRecord;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Content of one partition of a Kafka topic: its first offset, the offset after its last record,
 * and single records.
 *
 * @param topicId topic id, or null if the cluster has none
 * @param records reader of single records, opened on demand
 */
record KafkaPartitionContent(
    Consumer<byte[], byte[]> consumer,
    TopicPartition partition,
    @Nullable String topicId,
    Supplier<SingleRecords> records)
    implements PartitionContent {
  @Override
  public Bounds bounds() {
    Set<TopicPartition> one = Set.of(partition);
    Duration timeout = KafkaOffsets.TIMEOUT;
    long first = consumer.beginningOffsets(one, timeout).getOrDefault(partition, 0L);
    return new Bounds(
        first, consumer.endOffsets(one, timeout).getOrDefault(partition, Long.MAX_VALUE));
  }

  @Override
  public boolean idsAreUnique() {
    return true;
  }

  @Override
  public @Nullable LastRecord firstFrom(long offset) {
    return records.get().firstFrom(Map.of(partition, offset)).get(partition);
  }
}
