package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.cluster.AlikeRejections;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.cluster.PartitionWriter;
import dev.lockstep.ingest.cluster.SourcePartition;
import dev.lockstep.ingest.cluster.TargetClients;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Losses;
import dev.lockstep.ingest.source.Resumption;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.HeaderNames;
import dev.lockstep.schemas.LastRecord;
import dev.lockstep.schemas.Position;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reader that reads one partition of a topic or event hub over Kafka's protocol, and writes to the
 * target.
 */
final class PartitionIngest {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionIngest.class);

  private final KafkaSourceConfig source;
  private final String from;
  private final TopicPartition partition;
  private final SourcePartition sourcePartition;
  private final PartitionWriter writer;
  private final IngestCounts counts;
  private final InstantSource clock;

  /**
   * Position up to which the consumer has read, or null until {@link #open} has succeeded for the
   * first time.
   */
  private @Nullable Position running;

  private long storedNext = -1;

  /**
   * Last Kafka record that was read from this partition. The stored position may name an earlier
   * record. {@link #addLastRecord} puts this record into the position, after a check that the topic
   * was not deleted and created again.
   */
  private @Nullable LastRecord newest;

  /** First offset at which the source's log now has another record than was read before, or -1. */
  private long cutAt = -1;

  /**
   * Creates a reader that is not open.
   *
   * @param from start of reading if there is no stored position
   */
  PartitionIngest(
      KafkaSourceConfig source,
      String from,
      TopicPartition partition,
      KafkaTarget target,
      TargetClients clients,
      MessageReader reader,
      IngestCounts counts,
      InstantSource clock) {
    this.source = source;
    this.from = from;
    this.partition = partition;
    this.sourcePartition = sourcePartition(source, partition);
    this.writer =
        new PartitionWriter(
            sourcePartition,
            target,
            clients,
            reader,
            clock,
            new AlikeRejections(sourcePartition, clock));
    this.counts = counts;
    this.clock = clock;
  }

  static SourcePartition sourcePartition(KafkaSourceConfig source, TopicPartition partition) {
    return new SourcePartition(
        source.name(), partition.topic(), partition.partition(), !source.arrivalFromHeader());
  }

  TopicPartition partition() {
    return partition;
  }

  boolean isOpen() {
    return writer.isOpen();
  }

  void fence() {
    writer.fence();
  }

  /**
   * Fences earlier writers, finds the position to read from, moves the consumer there, and opens
   * the writer.
   *
   * @param topicId id of the present topic, or null if the cluster has none
   * @param records supplier of the reader of single records, called if topic ids cannot show
   *     whether the topic was created again
   */
  void open(
      Consumer<byte[], byte[]> consumer,
      @Nullable String topicId,
      Supplier<SingleRecords> records) {
    fence();
    boolean ready = false;
    try {
      Position stored = writer.positions().last(sourcePartition);
      Position last = latest(stored);
      Resumption found =
          last == null
              ? new Resumption.Fits(new KafkaOffsets(consumer).at(partition, from))
              : find(last, new KafkaPartitionContent(consumer, partition, topicId, records));
      Position next = position(found, topicId, last);
      consumer.seek(partition, found.next());
      List<Integer> siblings =
          consumer.partitionsFor(partition.topic()).stream().map(PartitionInfo::partition).toList();
      // Without a stored position, an instance that takes over would begin at a later end.
      boolean moved = last == null || !(found instanceof Resumption.Fits);
      writer.open(next, siblings, moved);
      running = next;
      newest = next.getLastRecord();
      storedNext = moved ? found.next() : stored == null ? -1 : stored.getNextOffset();
      cutAt = -1;
      ready = true;
      LOG.info("{}: this instance reads {} from offset {}", source.name(), partition, found.next());
    } finally {
      if (!ready) {
        writer.close();
      }
    }
  }

  /**
   * Returns the position to continue from, or null if reading begins at the configured start. It is
   * the position that the consumer has reached, unless there is none or somebody else moved the
   * stored position. The consumer's position exists before anything is stored, and transaction
   * markers may put it beyond the stored position. If there is a stored position, the result has
   * its watermark and its run of rejections, because the consumer's own may be of a failed
   * transaction, which did not write them.
   */
  private @Nullable Position latest(@Nullable Position stored) {
    Position reached = running;
    if (reached == null) {
      return stored;
    }
    if (stored == null) {
      return storedNext < 0 ? reached : null;
    }
    long next = stored.getNextOffset();
    boolean ours = storedNext >= 0 ? storedNext <= next : next == reached.getNextOffset();
    if (!ours || next > reached.getNextOffset()) {
      return stored;
    }
    Position further = sourcePartition.position(reached.getNextOffset(), stored);
    further.setTopicId(reached.getTopicId());
    further.setLastRecord(reached.getLastRecord());
    return further;
  }

  private Resumption find(Position last, KafkaPartitionContent log) {
    Resumption found = Resumption.of(last, log);
    if (found instanceof Resumption.Fits && cutAt >= 0 && cutAt < last.getNextOffset()) {
      long next = Math.max(cutAt, log.bounds().first());
      found =
          new Resumption.Replaced(
              next, "its leader has other records from offset " + cutAt + " on");
    }
    Losses.Loss loss =
        found.countLoss(counts.losses(), about(), "offset", last.getNextOffset(), clock.millis());
    if (loss != null) {
      LOG.warn("{}: {}", source.name(), loss.what());
    }
    return found;
  }

  private Position position(Resumption found, @Nullable String topicId, @Nullable Position last) {
    Position next = sourcePartition.position(found.next(), last);
    next.setTopicId(topicId);
    if (last != null && !(found instanceof Resumption.Replaced)) {
      next.setLastRecord(last.getLastRecord());
      if (topicId == null) {
        next.setTopicId(last.getTopicId());
      }
    }
    return next;
  }

  private String about() {
    return partition.toString();
  }

  /**
   * Returns whether a topic id is the id of the topic being read. The result is true if either id
   * is unknown.
   */
  boolean isOf(@Nullable String topicId) {
    String ours = running == null ? null : running.getTopicId();
    return ours == null || topicId == null || ours.equals(topicId);
  }

  boolean hasTopicId() {
    return topicId() != null;
  }

  /**
   * Adds the last read record to the position, so that a topic that was deleted and created again
   * is recognised. The caller has to check first that the topic was not created again. If the
   * position had a record of the new topic, the comparison would never find the change.
   */
  void addLastRecord() {
    Position reached = running;
    LastRecord last = newest;
    if (isOpen() && reached != null && last != null && !last.equals(reached.getLastRecord())) {
      running = sourcePartition.position(reached.getNextOffset(), topicId(), last);
      writer.pass(running);
    }
  }

  @Nullable LastRecord knownRecord() {
    return running == null ? null : running.getLastRecord();
  }

  void cut(long offset) {
    cutAt = offset;
  }

  void take(List<ConsumerRecord<byte[], byte[]>> records, long next) {
    List<SourceMessage> messages = new ArrayList<>(records.size());
    for (ConsumerRecord<byte[], byte[]> record : records) {
      byte[] body = record.value() == null ? new byte[0] : record.value();
      messages.add(
          new SourceMessage(
              body,
              sourcePartition.where(record.offset()),
              arrival(record, source.arrivalFromHeader())));
    }
    LastRecord last = SingleRecords.of(records.get(records.size() - 1));
    LastRecord known = knownRecord();
    Position position = sourcePartition.position(next, topicId(), known == null ? last : known);
    writer.take(messages, position, counts);
    running = position;
    storedNext = next;
    newest = last;
  }

  /**
   * Moves the position forward over offsets without records, such as the offset of a transaction
   * marker.
   */
  void pass(long next) {
    if (running != null && running.getNextOffset() < next) {
      running = sourcePartition.position(next, topicId(), knownRecord());
      writer.pass(running);
    }
  }

  private @Nullable String topicId() {
    return running == null ? null : running.getTopicId();
  }

  /**
   * Writes the watermark and the position if the watermark is due. Once no record has come for 5
   * seconds, it writes the dead letter of an open rejection range with them. Returns whether
   * anything was written.
   *
   * @param answers whether the source answers; if not, it may have records that were not read
   */
  boolean tick(boolean answers) {
    return answers ? writer.tick() : writer.tickUnanswered();
  }

  void close() {
    writer.close();
  }

  /**
   * Returns the arrival time of a Kafka record, or null if the time is missing or unusable. The
   * time is in milliseconds since 1970.
   *
   * @param byHeader true for the header, false for the timestamp that Kafka keeps
   */
  static @Nullable Long arrival(ConsumerRecord<byte[], byte[]> record, boolean byHeader) {
    if (!byHeader) {
      return record.timestamp() < 0 ? null : record.timestamp();
    }
    Header header = record.headers().lastHeader(HeaderNames.ARRIVAL);
    if (header == null || header.value() == null) {
      return null;
    }
    String text = new String(header.value(), StandardCharsets.US_ASCII);
    long at = Scalars.digits(text, Long.MAX_VALUE);
    return at < 0 ? null : at;
  }
}
