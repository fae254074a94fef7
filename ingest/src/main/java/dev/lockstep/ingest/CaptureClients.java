package dev.lockstep.ingest;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** Opens the Kafka clients of a source that is no Kafka, and that one instance reads at a time. */
interface CaptureClients extends TargetClients {
  /** Opens the member of the group whose turn it may be to read. */
  Consumer<byte[], byte[]> member();

  /** Returns the clients of a real cluster. */
  static CaptureClients of(String source, KafkaTarget target) {
    TargetClients ofTarget = TargetClients.of(target);
    return new CaptureClients() {
      @Override
      public Consumer<byte[], byte[]> member() {
        return TargetClients.member(target, target.topicPrefix() + "ingest-" + source);
      }

      @Override
      public Consumer<byte[], byte[]> positions(boolean committedOnly) {
        return ofTarget.positions(committedOnly);
      }

      @Override
      public Producer<byte[], byte[]> output(String transactionalId) {
        return ofTarget.output(transactionalId);
      }

      @Override
      public Producer<byte[], byte[]> announcements() {
        return ofTarget.announcements();
      }
    };
  }
}
