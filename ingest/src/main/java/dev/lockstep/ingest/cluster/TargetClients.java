package dev.lockstep.ingest.cluster;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** Opens the Kafka clients of the target, whatever the source is. */
public interface TargetClients {
  /** Opens a reader of the target's positions. */
  Consumer<byte[], byte[]> positions(boolean committedOnly);

  /** Opens a transactional writer to the target. */
  Producer<byte[], byte[]> output(String transactionalId);

  /** Opens a writer to the target for what several instances may say at once. */
  Producer<byte[], byte[]> announcements();

  /** Opens a member of a group in the target that shares work out and keeps no offsets. */
  Consumer<byte[], byte[]> member(String group);
}
