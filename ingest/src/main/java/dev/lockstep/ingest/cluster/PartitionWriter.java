package dev.lockstep.ingest.cluster;

import dev.lockstep.ingest.message.AccountedReader;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Position;
import dev.lockstep.schemas.process.Causes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writer of one source partition's activities, dead letters, watermarks and positions to the target
 * cluster.
 *
 * <h2>Exactly once between two systems</h2>
 *
 * The results of a batch and its position are one transaction in the target. The transactional id
 * belongs to the source partition. Fencing therefore stops an earlier writer and ends its open
 * transaction. Only then is the position read, and the source is read from there. After any failure
 * the writer drops its state and opens again. It need not know whether the last commit took place,
 * because the stored position shows that.
 *
 * <p>A reader of a source calls {@link #fence}, asks {@link #positions} for its progress, calls
 * {@link #open}, then {@link #take} for each batch and {@link #tick} when there is none. After any
 * exception it calls {@link #close} and begins again.
 */
public final class PartitionWriter {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionWriter.class);

  private final SourcePartition partition;
  private final KafkaTarget target;
  private final TargetClients clients;
  private final PositionStore positions;
  private final MessageReader reader;
  private final ActivityOutput output;
  private final PartitionWatermark watermark;

  /**
   * Latest rejections in a row, which may share one dead letter; null if the source cannot read an
   * offset again.
   */
  private final @Nullable AlikeRejections alike;

  private final RejectionWarnings warnings;

  private @Nullable Producer<byte[], byte[]> fenced;
  private @Nullable Producer<byte[], byte[]> producer;
  private List<Position> last = List.of();
  private long nextOffset;

  /** Creates a writer that gives each rejected record a dead letter of its own. */
  public PartitionWriter(
      SourcePartition partition,
      KafkaTarget target,
      TargetClients clients,
      MessageReader reader,
      InstantSource clock) {
    this(partition, target, clients, reader, clock, null);
  }

  /**
   * Creates a writer in which many rejections in a row share one dead letter, unless the parameter
   * {@code alike} is null.
   *
   * @param alike latest rejections in a row; null if the source cannot be read again, because a
   *     shared dead letter does not contain the records
   */
  public PartitionWriter(
      SourcePartition partition,
      KafkaTarget target,
      TargetClients clients,
      MessageReader reader,
      InstantSource clock,
      @Nullable AlikeRejections alike) {
    this.alike = alike;
    this.partition = partition;
    this.warnings = new RejectionWarnings(partition);
    this.target = target;
    this.clients = clients;
    this.positions = new PositionStore(clients, target, clock);
    this.reader = reader;
    this.output = new ActivityOutput(target);
    this.watermark = new PartitionWatermark(partition.live(), clock);
  }

  /**
   * Returns the reader of the stored positions. The positions are final once earlier writers are
   * fenced.
   */
  public PositionStore positions() {
    return positions;
  }

  SourcePartition partition() {
    return partition;
  }

  public boolean isOpen() {
    return producer != null;
  }

  /** Fences earlier writers, and ends their open transactions. */
  public void fence() {
    if (fenced != null) {
      return;
    }
    Producer<byte[], byte[]> opened = clients.output(partition.transactionalId(target));
    boolean ready = false;
    try {
      opened.initTransactions();
      ready = true;
    } finally {
      if (!ready) {
        opened.close(Duration.ZERO);
      }
    }
    fenced = opened;
  }

  /**
   * Starts writing, and announces to readers of the activity topic which partitions the hub has.
   * Every such reader then waits for the watermark of each announced partition.
   *
   * @param next position from which the source is read, with its watermark; it is stored with the
   *     next watermark, unless a batch has stored a later position by then
   * @param siblings numbers of all partitions of the hub
   */
  public void open(Position next, Collection<Integer> siblings) {
    open(next, siblings, false);
  }

  /**
   * Starts writing, and stores the given position at once if {@code moved} is true. Otherwise this
   * does the same as {@link #open(Position, Collection)}.
   *
   * @param moved whether {@code next} is another position than the stored one
   */
  public void open(Position next, Collection<Integer> siblings, boolean moved) {
    fence();
    Producer<byte[], byte[]> opened = Objects.requireNonNull(fenced);
    fenced = null;
    boolean ready = false;
    try {
      nextOffset = next.getNextOffset();
      last = List.of(next);
      watermark.begin(next);
      if (alike != null) {
        alike.begin(next);
      }
      begin(opened);
      writeWatermark();
      announce(siblings);
      output.end();
      if (moved) {
        sendPositions(opened);
      }
      opened.commitTransaction();
      ready = true;
    } finally {
      if (!ready) {
        opened.close(Duration.ZERO);
      }
    }
    producer = opened;
  }

  private void begin(Producer<byte[], byte[]> out) {
    out.beginTransaction();
    output.begin(out.partitionsFor(target.activityTopic()).size(), record -> send(out, record));
  }

  private void announce(Collection<Integer> siblings) {
    for (int sibling : siblings) {
      output.watermark(
          Origin.offset(partition.source(), partition.hub(), sibling, -1), 0, 0, false);
    }
  }

  /** Writes the results of messages and the new position in one transaction. */
  public void take(List<SourceMessage> messages, Position next, IngestCounts counts) {
    take(messages, List.of(), List.of(next), counts);
  }

  /**
   * Writes the results of a batch and its new positions in one transaction.
   *
   * @param damages rejections without a message
   * @param next positions after the messages, without watermarks, which this writer sets
   * @param counts counters of the outcomes after they are committed
   */
  public void take(
      List<SourceMessage> messages,
      List<Outcome> damages,
      List<Position> next,
      IngestCounts counts) {
    try {
      write(messages, damages, next, counts);
    } catch (KafkaException e) {
      if (Causes.find(e, RecordTooLargeException.class) != null) {
        int most = output.mostBytes();
        if (output.halve() < most) {
          LOG.warn(
              "{}: a Kafka record, which may be a bundle, a single activity, a dead letter or a"
                  + " position, is too large for the target cluster. For the partition {} this"
                  + " instance now writes bundles of at most {} bytes in place of {}, and reads the"
                  + " messages again; nothing is lost. If this happens again, raise"
                  + " max.message.bytes of the topics, or max.request.size in kafka.properties.",
              partition.source(),
              partition,
              output.mostBytes(),
              most);
        }
      }
      throw e;
    }
  }

  private void write(
      List<SourceMessage> messages,
      List<Outcome> damages,
      List<Position> next,
      IngestCounts counts) {
    Producer<byte[], byte[]> out = opened();
    IngestCounts batch = new IngestCounts();
    AccountedReader accounted = new AccountedReader(reader, batch);
    begin(out);
    for (SourceMessage message : messages) {
      read(message, accounted, batch);
    }
    batch.began(damages.size());
    for (Outcome damage : damages) {
      write(damage, batch);
    }
    last = List.copyOf(next);
    nextOffset = next.get(next.size() - 1).getNextOffset();
    watermark.restartIdleCount();
    if (alike != null && alike.isDue()) {
      gathered(alike.gathered());
    }
    if (watermark.isDue()) {
      writeWatermark();
    }
    output.end();
    sendPositions(out);
    String missing =
        batch.recordDifference("a batch of " + partition + " before offset " + nextOffset);
    if (missing != null) {
      LOG.error(
          "{}: the numbers of records and of outcomes differ: {}; this instance commits the batch"
              + " all the same; report this bug",
          partition.source(),
          missing);
    }
    out.commitTransaction();
    counts.add(batch);
  }

  /**
   * Sets the position that is stored with the next watermark, unless a batch, which has a position
   * of its own, is written first. Nothing is left to read before the given position.
   */
  public void pass(Position next) {
    last = List.of(next);
    nextOffset = next.getNextOffset();
  }

  /**
   * Writes watermark and position if the watermark is due, although no message has come and further
   * messages may follow. Does the same as {@link #tick(boolean)} with {@code false}.
   */
  public boolean tick() {
    return tick(false);
  }

  /**
   * Writes watermark and position if the watermark is due, although no message has come. Writes the
   * dead letter of an open rejection range once nothing has come for 5 seconds. Returns whether
   * anything was written.
   *
   * @param ended whether everything has been read, so that nothing waits for more
   */
  public boolean tick(boolean ended) {
    watermark.readNothing(ended);
    return writeIfDue();
  }

  /**
   * Writes watermark and position if the watermark is due, while the source does not answer. The
   * partition then counts neither as read to its present end nor as idle, because the source may
   * have messages that were not read. Returns whether anything was written.
   */
  public boolean tickUnanswered() {
    watermark.restartIdleCount();
    return writeIfDue();
  }

  private boolean writeIfDue() {
    Producer<byte[], byte[]> out = opened();
    DeadLetter gathered = alike != null && watermark.isReadUp() ? alike.gathered() : null;
    if (gathered == null && !watermark.isDue()) {
      return false;
    }
    begin(out);
    gathered(gathered);
    writeWatermark();
    output.end();
    sendPositions(out);
    out.commitTransaction();
    return true;
  }

  /**
   * Fences earlier writers of this source partition, then writes new positions and deletes others
   * in one transaction, and closes this writer. Readers then continue from the new positions.
   *
   * @param to new positions
   * @param removed positions to delete
   */
  public void move(List<Position> to, List<Position> removed) {
    move(to, removed, null);
  }

  /**
   * Writes new positions and a dead letter, and deletes other positions, in one transaction.
   * Otherwise does the same as {@link #move(List, List)}.
   *
   * @param gathered dead letter of an open rejection range, or null if there is none
   */
  void move(List<Position> to, List<Position> removed, @Nullable DeadLetter gathered) {
    fence();
    Producer<byte[], byte[]> out = Objects.requireNonNull(fenced);
    try {
      out.beginTransaction();
      for (Position position : removed) {
        send(out, positions.removal(position));
      }
      for (Position position : to) {
        send(out, positions.record(position));
      }
      output.begin(0, record -> send(out, record));
      gathered(gathered);
      out.commitTransaction();
    } finally {
      close();
    }
  }

  /** Releases the partition and drops the Kafka records that are not committed. */
  public void close() {
    for (Producer<byte[], byte[]> out : Arrays.asList(fenced, producer)) {
      if (out != null) {
        out.close(Duration.ZERO);
      }
    }
    fenced = null;
    producer = null;
  }

  private Producer<byte[], byte[]> opened() {
    if (producer == null) {
      throw new IllegalStateException(
          "could not write the output of "
              + partition
              + ": its writer is not open; report this bug");
    }
    return producer;
  }

  private void read(SourceMessage message, AccountedReader accounted, IngestCounts batch) {
    Long enqueuedAt = message.arrivalAt();
    if (enqueuedAt != null) {
      batch.arrived(watermark.observe(enqueuedAt));
    }
    for (Outcome outcome : accounted.read(message)) {
      if (enqueuedAt == null && outcome instanceof Outcome.Mapped mapped) {
        batch.arrived(watermark.observe(mapped.activity().getArrivalAt()));
      }
      write(outcome, batch);
    }
  }

  private void write(Outcome outcome, IngestCounts batch) {
    batch.count(outcome);
    if (!isGathered(outcome)) {
      output.take(outcome);
    }
    warnings.log(outcome);
  }

  /**
   * Returns whether the outcome is a rejection that shares a dead letter with other rejections.
   * Writes the dead letter of a range that the outcome ends.
   */
  private boolean isGathered(Outcome outcome) {
    if (alike == null) {
      return false;
    }
    gathered(alike.endedBy(outcome));
    return outcome instanceof Outcome.Rejected rejected && alike.gather(rejected.letter());
  }

  private void gathered(@Nullable DeadLetter letter) {
    if (letter != null) {
      output.letter(letter);
    }
  }

  private static void send(Producer<byte[], byte[]> out, ProducerRecord<byte[], byte[]> record) {
    // A failure shows when the transaction is committed.
    Future<?> unused = out.send(record);
  }

  private void writeWatermark() {
    output.watermark(
        partition.where(nextOffset), watermark.at(), watermark.graceAt(), watermark.isIdle());
    watermark.announced();
  }

  private void sendPositions(Producer<byte[], byte[]> out) {
    for (Position position : last) {
      watermark.store(position);
      if (alike != null) {
        alike.stamp(position);
      }
      send(out, positions.record(position));
    }
  }
}
