package dev.lockstep.ingest.cluster;

import dev.lockstep.schemas.EarlierSchemas;
import dev.lockstep.schemas.Position;
import dev.lockstep.schemas.SingleObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Store of the positions of source partitions in a topic of the target cluster. It reads positions,
 * and makes the Kafka records that store or delete them.
 */
public final class PositionStore {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  private final TargetClients clients;
  private final KafkaTarget target;
  private final InstantSource clock;
  private final SingleObject<Position> codec =
      new SingleObject<>(Position.getClassSchema(), EarlierSchemas.POSITION_1);

  PositionStore(TargetClients clients, KafkaTarget target, InstantSource clock) {
    this.clients = clients;
    this.target = target;
    this.clock = clock;
  }

  private static byte[] key(Position position) {
    String key =
        SourcePartition.name(position.getSource(), position.getHub(), position.getPartition());
    String dayPath = position.getShelf();
    return (dayPath == null ? key : key + "/" + dayPath).getBytes(StandardCharsets.UTF_8);
  }

  ProducerRecord<byte[], byte[]> record(Position position) {
    return new ProducerRecord<>(target.positionsTopic(), key(position), codec.encode(position));
  }

  @SuppressWarnings("NullAway") // Kafka's records may have no value
  ProducerRecord<byte[], byte[]> removal(Position position) {
    return new ProducerRecord<>(target.positionsTopic(), key(position), null);
  }

  /** Returns the last committed position of a source partition, or null if there is none. */
  public @Nullable Position last(SourcePartition partition) {
    byte[] key = partition.key();
    List<Position> found = read(candidate -> Arrays.equals(candidate, key));
    return found.isEmpty() ? null : found.get(0);
  }

  /**
   * Returns the committed positions of a folder of captures. The position written last comes last.
   * Each day of captured files has a position, and so has each file without a date in its path. The
   * keys of these positions begin with the partition's key and a slash.
   */
  public List<Position> below(SourcePartition partition) {
    byte[] prefix =
        (new String(partition.key(), StandardCharsets.UTF_8) + "/")
            .getBytes(StandardCharsets.UTF_8);
    return read(
        candidate ->
            candidate.length >= prefix.length
                && Arrays.equals(candidate, 0, prefix.length, prefix, 0, prefix.length));
  }

  /**
   * Returns the committed positions of all source partitions. The position written last comes last.
   * Records whose keys are not those of positions are left out, because another program wrote them.
   */
  List<Position> all() {
    return read(SourcePartition::isKey);
  }

  /**
   * Returns the last committed position of each key that {@code wanted} accepts.
   *
   * <p>Reading to the committed end is not enough, because the open transaction of another source
   * partition may hold that end back before our own last commit. So this method reads to the true
   * end. It waits for the end of every transaction that was open there.
   *
   * @throws TimeoutException if that takes 90 seconds, which is longer than a transaction may take
   */
  private List<Position> read(Predicate<byte[]> wanted) {
    Map<TopicPartition, Long> ends;
    try (Consumer<byte[], byte[]> reader = clients.positions(false)) {
      ends = reader.endOffsets(partitions(reader));
    }
    Map<String, ConsumerRecord<byte[], byte[]>> last = new LinkedHashMap<>();
    try (Consumer<byte[], byte[]> reader = clients.positions(true)) {
      reader.assign(ends.keySet());
      reader.seekToBeginning(ends.keySet());
      long giveUpAt = clock.millis() + TIMEOUT.toMillis();
      while (!isAt(reader, ends)) {
        if (clock.millis() > giveUpAt) {
          throw new TimeoutException(
              "could not read topic %s to its end within %d s; check that all brokers of the cluster answer, and that no transaction hangs"
                  .formatted(target.positionsTopic(), TIMEOUT.toSeconds()));
        }
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
          if (record.key() != null && wanted.test(record.key())) {
            String key = new String(record.key(), StandardCharsets.UTF_8);
            last.remove(key);
            if (record.value() != null) {
              last.put(key, record);
            }
          }
        }
      }
    }
    return last.values().stream().map(this::decoded).toList();
  }

  private List<TopicPartition> partitions(Consumer<byte[], byte[]> reader) {
    String topic = target.positionsTopic();
    return reader.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .toList();
  }

  private static boolean isAt(Consumer<byte[], byte[]> reader, Map<TopicPartition, Long> ends) {
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      if (reader.position(end.getKey()) < end.getValue()) {
        return false;
      }
    }
    return true;
  }

  private Position decoded(ConsumerRecord<byte[], byte[]> record) {
    try {
      return codec.decode(record.value());
    } catch (AvroRuntimeException e) {
      throw new SerializationException(
          "could not read the position at %s-%d offset %d; if a newer version of Lockstep wrote it, run that version, otherwise find out which program writes to this topic"
              .formatted(record.topic(), record.partition(), record.offset()),
          e);
    }
  }
}
