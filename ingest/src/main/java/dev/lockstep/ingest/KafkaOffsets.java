package dev.lockstep.ingest;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/** Where in a topic a beginning lies. */
final class KafkaOffsets {
  private final Consumer<byte[], byte[]> consumer;

  KafkaOffsets(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /** Returns the offset of {@code earliest}, {@code latest}, or an ISO 8601 time. */
  long at(TopicPartition partition, String from) {
    if (from.equals(Beginning.EARLIEST)) {
      return consumer.beginningOffsets(Set.of(partition)).getOrDefault(partition, 0L);
    }
    if (!from.equals(Beginning.LATEST)) {
      long time = Instant.parse(from).toEpochMilli();
      OffsetAndTimestamp found = consumer.offsetsForTimes(Map.of(partition, time)).get(partition);
      if (found != null) {
        return found.offset();
      }
    }
    return consumer.endOffsets(Set.of(partition)).getOrDefault(partition, 0L);
  }
}
