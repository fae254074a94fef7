package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.cluster.ClusterClients;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.cluster.TargetClients;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.RetriedLetter;
import dev.lockstep.schemas.SingleObject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the dead-letter topic or of the quarantine topic. It reads the letters, in the order of
 * offsets within each partition, and the marks of letters that were retried. A quarantined record
 * is stored as a letter too.
 */
public final class DeadLetterReader {
  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * Longest wait for the next Kafka record. An open transaction hides the committed records after
   * it, and no transaction may stay open that long.
   */
  private static final long TIMEOUT_MILLIS = 90_000;

  private final KafkaTarget target;
  private final TargetClients clients;
  private final InstantSource clock;
  private final String topic;
  private final SingleObject<DeadLetter> codec = new SingleObject<>(DeadLetter.getClassSchema());

  /**
   * Place of a dead letter in its topic, which people use as the letter's id.
   *
   * @param partition partition of the topic
   */
  public record Id(int partition, long offset) {
    /** Returns the id in a text such as {@code 0-17}, or null if the text is no id. */
    public static @Nullable Id parse(String text) {
      int dash = text.indexOf('-');
      if (dash < 0) {
        return null;
      }
      long partition = Scalars.digits(text.substring(0, dash), Integer.MAX_VALUE);
      long offset = Scalars.digits(text.substring(dash + 1), Long.MAX_VALUE);
      return partition < 0 || offset < 0 ? null : new Id((int) partition, offset);
    }

    @Override
    public String toString() {
      return partition + "-" + offset;
    }
  }

  /**
   * Dead letter with its id and the time at which it was appended to its topic.
   *
   * @param appendedAt time of writing in milliseconds since 1970
   * @param letter letter, or null if this version cannot read the bytes
   */
  public record Entry(Id id, long appendedAt, @Nullable DeadLetter letter) {
    /**
     * Returns the number of records that share this dead letter. It is 1 unless the letter is for a
     * range of records that were rejected in a row for the same reason.
     */
    public long records() {
      return letter == null || letter.getRange() == null ? 1 : letter.getRange().getRecords();
    }
  }

  /**
   * Creates a reader of the dead letters in a target cluster.
   *
   * @param clock clock for the timeout of reading the topic
   */
  public DeadLetterReader(KafkaTarget target, InstantSource clock) {
    this(target, new ClusterClients(target), clock);
  }

  DeadLetterReader(KafkaTarget target, TargetClients clients, InstantSource clock) {
    this(target, clients, clock, target.deadLettersTopic());
  }

  private DeadLetterReader(
      KafkaTarget target, TargetClients clients, InstantSource clock, String topic) {
    this.target = target;
    this.clients = clients;
    this.clock = clock;
    this.topic = topic;
  }

  /**
   * Returns a reader of the quarantined records in a target cluster. They were readable, but their
   * time was too far from their arrival.
   *
   * @param clock clock for the timeout of reading the topic
   */
  public static DeadLetterReader ofQuarantine(KafkaTarget target, InstantSource clock) {
    return new DeadLetterReader(
        target, new ClusterClients(target), clock, target.quarantineTopic());
  }

  KafkaTarget target() {
    return target;
  }

  TargetClients clients() {
    return clients;
  }

  /**
   * Returns the ids of the dead letters that are marked as retried. At least one record of such a
   * letter is no longer rejected.
   *
   * @throws org.apache.kafka.common.KafkaException if the topic cannot be read
   */
  public Set<Id> retried() {
    Set<Id> retried = new HashSet<>();
    read(
        entry -> {
          RetriedLetter mark = mark(entry);
          if (mark != null) {
            retried.add(new Id(mark.getPartition(), mark.getOffset()));
          }
        });
    return retried;
  }

  private static @Nullable RetriedLetter mark(Entry entry) {
    return entry.letter() == null ? null : entry.letter().getRetried();
  }

  /**
   * Passes every dead letter to a consumer. Marks of retries are left out.
   *
   * @throws org.apache.kafka.common.KafkaException if the topic cannot be read
   */
  public void letters(Consumer<Entry> sink) {
    read(
        entry -> {
          if (mark(entry) == null) {
            sink.accept(entry);
          }
        });
  }

  private void read(Consumer<Entry> sink) {
    try (org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> reader =
        clients.positions(true)) {
      List<TopicPartition> partitions = KafkaOffsets.partitions(reader, topic);
      Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
      reader.assign(partitions);
      reader.seekToBeginning(partitions);
      long giveUpAt = clock.millis() + TIMEOUT_MILLIS;
      Set<TopicPartition> left = ends.keySet().stream().collect(Collectors.toSet());
      while (true) {
        left.removeIf(partition -> reader.position(partition) >= ends.getOrDefault(partition, 0L));
        if (left.isEmpty()) {
          return;
        } else if (clock.millis() > giveUpAt) {
          throw new TimeoutException(
              "could not read topic %s to its end: no Kafka record came for %d s; check that all brokers of the cluster answer, and that no transaction hangs"
                  .formatted(topic, TIMEOUT_MILLIS / 1_000));
        }
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
          if (record.offset()
              < ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L)) {
            sink.accept(entry(record));
          }
          giveUpAt = clock.millis() + TIMEOUT_MILLIS; // the sink may take longer than that
        }
      }
    }
  }

  private Entry entry(ConsumerRecord<byte[], byte[]> record) {
    DeadLetter letter = null;
    try {
      letter = record.value() == null ? null : codec.decode(record.value());
    } catch (AvroRuntimeException e) {
      // the bytes are foreign or of a newer version: the entry has no letter
    }
    return new Entry(new Id(record.partition(), record.offset()), record.timestamp(), letter);
  }
}
