package dev.lockstep.ingest.cluster;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Kafka consumer that leaves its group when it is closed, even with an instance id, so that other
 * members take its partitions at once. Otherwise they would wait until its session ends.
 */
public final class LeavingConsumer extends KafkaConsumer<byte[], byte[]> {
  private static final Duration CLOSING = Duration.ofSeconds(5);

  public LeavingConsumer(Map<String, Object> properties) {
    super(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public void close() {
    close(
        CloseOptions.timeout(CLOSING)
            .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
  }
}
