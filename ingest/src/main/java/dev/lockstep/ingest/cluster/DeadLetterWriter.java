package dev.lockstep.ingest.cluster;

import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writer of the dead letters of source records as Kafka records. The dead letter of a rejected
 * record goes to the topic of dead letters, and that of a quarantined record to the quarantine
 * topic. {@link ActivityOutput} hands them over. {@link AlikeRejections} and {@link
 * PartitionWriter} decide which rejected records share a dead letter.
 *
 * <p>Not safe for use by several threads.
 */
final class DeadLetterWriter {
  private final KafkaTarget target;
  private final SingleObject<DeadLetter> letters = new SingleObject<>(DeadLetter.getClassSchema());

  DeadLetterWriter(KafkaTarget target) {
    this.target = target;
  }

  /** Returns the Kafka record with the dead letter of a record that could not be read. */
  ProducerRecord<byte[], byte[]> rejected(DeadLetter letter) {
    return record(target.deadLettersTopic(), letter);
  }

  /** Returns the Kafka record with the dead letter of a record whose time is not plausible. */
  ProducerRecord<byte[], byte[]> quarantined(DeadLetter letter) {
    return record(target.quarantineTopic(), letter);
  }

  /**
   * Returns a record whose key is the letter's source partition, so that its letters stay in order.
   */
  private ProducerRecord<byte[], byte[]> record(String topic, DeadLetter letter) {
    Where where = letter.getWhere();
    String key = SourcePartition.name(where.getSource(), where.getHub(), where.getPartition());
    return new ProducerRecord<>(
        topic, key.getBytes(StandardCharsets.UTF_8), letters.encode(letter));
  }
}
