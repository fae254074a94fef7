package dev.lockstep.app.service;

import dev.lockstep.schemas.Position;
import dev.lockstep.schemas.SingleObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Follows the committed positions as they are written. */
final class PositionsTail implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(5);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final SingleObject<Position> codec = new SingleObject<>(Position.getClassSchema());
  private final Map<String, Long> next = new HashMap<>();

  /** Follows a topic, which must be there. */
  PositionsTail(String bootstrapServers, String topic) {
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    TopicPartition partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  /** Returns the sum of all next offsets; a few milliseconds old. */
  long sum() {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      Position position = codec.decode(record.value());
      String key = position.getHub() + "/" + position.getPartition() + "/" + position.getShelf();
      next.put(key, position.getNextOffset());
    }
    return next.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
