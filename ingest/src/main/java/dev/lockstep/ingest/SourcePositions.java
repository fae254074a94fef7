package dev.lockstep.ingest;

import dev.lockstep.schemas.Position;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How far sources are read, as the target's topic of positions says. */
public final class SourcePositions {
  private SourcePositions() {}

  /**
   * The position of a source partition.
   *
   * @param next the next offset to take; of a capture, how many messages are taken
   * @param clockAt how far its arrivals have come, in milliseconds since 1970, or 0
   * @param files of a capture, how many files are begun; else 0
   */
  public record Row(
      String source, String hub, int partition, long next, long clockAt, long files) {}

  /**
   * Returns what is stored, by source, hub and partition.
   *
   * @param clock tells how long open transactions are waited for
   * @throws KafkaException if the target cannot be read
   */
  public static List<Row> read(KafkaTarget target, InstantSource clock) {
    Map<String, Row> rows = new TreeMap<>();
    for (Position position : new Positions(new ClusterClients(target), target, clock).all()) {
      Row row =
          new Row(
              position.getSource(),
              position.getHub(),
              position.getPartition(),
              position.getNextOffset(),
              position.getClockAt(),
              position.getFiles().size());
      String lane = "%s/%s/%010d".formatted(row.source(), row.hub(), row.partition());
      // Of a capture's shelves the last written one holds its clock.
      rows.merge(
          lane,
          row,
          (before, last) ->
              new Row(
                  last.source(),
                  last.hub(),
                  last.partition(),
                  before.next() + last.next(),
                  last.clockAt(),
                  before.files() + last.files()));
    }
    return new ArrayList<>(rows.values());
  }

  /**
   * Returns where each partition of a topic or event hub ends now.
   *
   * @throws KafkaException if the source cannot be read within some seconds
   */
  public static Map<Integer, Long> ends(KafkaSourceConfig source) {
    Map<String, Object> properties = new HashMap<>(source.consumerProperties());
    properties.put("default.api.timeout.ms", 10_000);
    properties.put("request.timeout.ms", 9_000);
    properties.put("allow.auto.create.topics", false);
    properties.put("enable.auto.commit", false);
    Map<Integer, Long> ends = new TreeMap<>();
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(source.topic()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer
          .endOffsets(partitions)
          .forEach((partition, end) -> ends.put(partition.partition(), end));
    }
    return ends;
  }

  /**
   * Returns where each partition of an event hub that is read by AMQP ends now.
   *
   * @throws KafkaException if it does not answer
   */
  public static Map<Integer, Long> ends(AmqpSourceConfig source) {
    return AmqpHub.ends(source);
  }
}
