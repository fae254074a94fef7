package dev.lockstep.ingest.cluster;

import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Router of the records that did not become activities, which decides where each of them goes. A
 * record that could not be read goes to the topic of dead letters, one whose time is not plausible
 * to the quarantine topic, and one that is ignored goes nowhere. {@link AlikeRejections} and {@link
 * PartitionWriter} decide which rejected records share a dead letter.
 *
 * <p>Not safe for use by several threads.
 */
final class DeadLetterRouter {
  private final KafkaTarget target;
  private final SingleObject<DeadLetter> letters = new SingleObject<>(DeadLetter.getClassSchema());

  DeadLetterRouter(KafkaTarget target) {
    this.target = target;
  }

  /**
   * Returns the Kafka record with a record's dead letter, or null for a record without one, which
   * is ignored or became an activity.
   */
  @Nullable ProducerRecord<byte[], byte[]> of(Outcome outcome) {
    if (outcome instanceof Outcome.Rejected rejected) {
      return rejected(rejected.kept());
    }
    return outcome instanceof Outcome.Quarantined quarantined
        ? record(target.quarantineTopic(), quarantined.letter())
        : null;
  }

  /** Returns the Kafka record with the dead letter of a record that could not be read. */
  ProducerRecord<byte[], byte[]> rejected(DeadLetter letter) {
    return record(target.deadLettersTopic(), letter);
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
