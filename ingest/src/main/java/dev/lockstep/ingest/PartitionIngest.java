package dev.lockstep.ingest;

import dev.lockstep.schemas.Position;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One partition of a topic or event hub on its way into the target. */
final class PartitionIngest {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionIngest.class);

  private static final String ARRIVAL_HEADER = "lockstep-arrival";

  private final KafkaSourceConfig source;
  private final TopicPartition partition;
  private final Lane lane;
  private final PartitionWriter writer;

  PartitionIngest(
      KafkaSourceConfig source,
      TopicPartition partition,
      KafkaTarget target,
      TargetClients clients,
      MessageReader reader,
      InstantSource clock) {
    this.source = source;
    this.partition = partition;
    this.lane = lane(source, partition);
    this.writer =
        new PartitionWriter(lane, target, clients, reader, clock, new AlikeRejections(lane, clock));
  }

  static Lane lane(KafkaSourceConfig source, TopicPartition partition) {
    return new Lane(
        source.name(), partition.topic(), partition.partition(), !source.arrivalFromHeader());
  }

  TopicPartition partition() {
    return partition;
  }

  boolean isOpen() {
    return writer.isOpen();
  }

  /** Fences predecessors, and so ends what they left open. */
  void fence() {
    writer.fence();
  }

  /** Finds the position and puts the source there, once predecessors are fenced. */
  void open(Consumer<byte[], byte[]> from) {
    fence();
    boolean ready = false;
    try {
      Position last = writer.positions().last(lane);
      long offset =
          last == null
              ? new KafkaOffsets(from).at(partition, source.from())
              : next(from, last.getNextOffset());
      from.seek(partition, offset);
      List<Integer> siblings =
          from.partitionsFor(partition.topic()).stream().map(PartitionInfo::partition).toList();
      writer.open(lane.position(offset, last), siblings);
      ready = true;
      LOG.info("{}: reads {} from offset {}", source.name(), partition, offset);
    } finally {
      if (!ready) {
        writer.close();
      }
    }
  }

  /** Returns the stored offset, or where to begin in a partition that no longer has it. */
  private long next(Consumer<byte[], byte[]> from, long stored) {
    Set<TopicPartition> one = Set.of(partition);
    long beginning = from.beginningOffsets(one).getOrDefault(partition, 0L);
    if (beginning > stored) {
      LOG.warn(
          "{}: {} no longer has the offsets from {} to {}: they were never read",
          source.name(),
          partition,
          stored,
          beginning - 1);
      return beginning;
    }
    long end = from.endOffsets(one).getOrDefault(partition, Long.MAX_VALUE);
    if (end < stored) {
      LOG.warn(
          "{}: {} ends at offset {}, and was read up to {}: it was made anew or cut, and is read from {} on; run --from begins elsewhere",
          source.name(),
          partition,
          end,
          stored,
          beginning);
      return beginning;
    }
    return stored;
  }

  /**
   * Reads records and writes what they give, in one transaction.
   *
   * @param counts takes the outcomes once they are committed
   */
  void take(List<ConsumerRecord<byte[], byte[]>> records, IngestCounts counts) {
    List<Message> messages = new ArrayList<>(records.size());
    long next = 0;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      byte[] body = record.value() == null ? new byte[0] : record.value();
      messages.add(
          new Message(
              body, lane.where(record.offset()), arrival(record, source.arrivalFromHeader())));
      next = record.offset() + 1;
    }
    writer.take(messages, lane.position(next), counts);
  }

  /** Says how the clock stands if that is due though nothing came. */
  void tick() {
    writer.tick();
  }

  /** Lets the partition go; whatever is not committed never was. */
  void close() {
    writer.close();
  }

  /** Returns when a record arrived, in milliseconds since 1970, if the transport knows. */
  static @Nullable Long arrival(ConsumerRecord<byte[], byte[]> record, boolean byHeader) {
    if (!byHeader) {
      return record.timestamp() < 0 ? null : record.timestamp();
    }
    Header header = record.headers().lastHeader(ARRIVAL_HEADER);
    if (header == null || header.value() == null) {
      return null;
    }
    String text = new String(header.value(), StandardCharsets.US_ASCII);
    long at = Scalars.digits(text, Long.MAX_VALUE, -1);
    return at < 0 ? null : at;
  }
}
