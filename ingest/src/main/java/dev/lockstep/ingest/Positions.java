package dev.lockstep.ingest;

import dev.lockstep.schemas.Position;
import dev.lockstep.schemas.SingleObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The stored positions of source partitions, in the target cluster. */
final class Positions {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final KafkaClients clients;
  private final KafkaTarget target;
  private final InstantSource clock;
  private final SingleObject<Position> codec = new SingleObject<>(Position.getClassSchema());

  Positions(KafkaClients clients, KafkaTarget target, InstantSource clock) {
    this.clients = clients;
    this.target = target;
    this.clock = clock;
  }

  static byte[] key(String source, TopicPartition partition) {
    return (source + "/" + partition.topic() + "/" + partition.partition())
        .getBytes(StandardCharsets.UTF_8);
  }

  byte[] encoded(String source, TopicPartition partition, long nextOffset, long clockAt) {
    Position position = new Position();
    position.setSource(source);
    position.setHub(partition.topic());
    position.setPartition(partition.partition());
    position.setNextOffset(nextOffset);
    position.setClockAt(clockAt);
    return codec.encode(position);
  }

  /**
   * Returns the last committed position of a key, or null.
   *
   * <p>The committed end is not enough: another partition's open transaction holds it back, and our
   * own last commit may lie behind that. So this reads on to the true end and waits until whatever
   * is open there has ended.
   *
   * @throws TimeoutException if that takes longer than any transaction may
   */
  @Nullable Position last(byte[] key) {
    Map<TopicPartition, Long> ends;
    try (Consumer<byte[], byte[]> reader = clients.positions(false)) {
      ends = reader.endOffsets(partitions(reader));
    }
    Position last = null;
    try (Consumer<byte[], byte[]> reader = clients.positions(true)) {
      reader.assign(ends.keySet());
      reader.seekToBeginning(ends.keySet());
      long giveUpAt = clock.millis() + PATIENCE.toMillis();
      while (!isAt(reader, ends)) {
        if (clock.millis() > giveUpAt) {
          throw new TimeoutException("transactions stay open in " + target.positionsTopic());
        }
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
          if (Arrays.equals(record.key(), key)) {
            last = decoded(record);
          }
        }
      }
    }
    return last;
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

  private @Nullable Position decoded(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return null;
    }
    try {
      return codec.decode(record.value());
    } catch (AvroRuntimeException e) {
      throw new AvroRuntimeException(
          "could not read a position: %s offset %d; was it written by a newer version?"
              .formatted(record.topic(), record.offset()),
          e);
    }
  }
}
