package dev.lockstep.ingest.cluster;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** Factory of the Kafka clients for the target cluster. */
public interface TargetClients {
  /**
   * Opens a consumer without group, for the topics of positions, of dead letters and of quarantined
   * records.
   *
   * @param committedOnly whether records of open and of aborted transactions are left out
   */
  Consumer<byte[], byte[]> positions(boolean committedOnly);

  /** Opens a transactional producer to the target cluster. */
  Producer<byte[], byte[]> output(String transactionalId);

  /**
   * Opens a producer to the target cluster for messages of {@link SourceAnnouncement}. Several
   * instances may write at once.
   */
  Producer<byte[], byte[]> announcements();

  /**
   * Opens a consumer that joins a group in the target cluster. The group decides which instance
   * works, and stores no offsets.
   */
  Consumer<byte[], byte[]> member(String group);
}
