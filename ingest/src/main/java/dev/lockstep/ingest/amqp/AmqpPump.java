package dev.lockstep.ingest.amqp;

import com.azure.core.amqp.models.AmqpMessageBody;
import com.azure.core.amqp.models.AmqpMessageBodyType;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.cluster.PartitionWriter;
import dev.lockstep.ingest.cluster.SourcePartition;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Losses;
import dev.lockstep.ingest.source.PartitionContent;
import dev.lockstep.ingest.source.Resumption;
import dev.lockstep.ingest.source.StartPositionCheck;
import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.schemas.LastRecord;
import dev.lockstep.schemas.Position;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pump of one partition of an event hub: a reader over AMQP that writes the results to the target
 * cluster. The word is Azure's. Each claim of the partition by this instance has a new pump.
 *
 * <p>The pump retries a batch until it is written, however long the target is unavailable.
 * Meanwhile it grants the connection no credit, so the hub sends nothing. A failure that cannot be
 * retried ends the pump by an exception, and the next owner of the partition begins at its stored
 * position.
 */
final class AmqpPump {
  /**
   * Azure's term for the number of an event in its partition. Positions and messages about them use
   * this number. The offsets of an event hub are different numbers.
   */
  static final String NUMBER = "sequence number";

  private static final Logger LOG = LoggerFactory.getLogger(AmqpPump.class);
  private static final int OPEN_ATTEMPTS = 5;

  private final SourcePartition partition;
  private final PartitionWriter writer;
  private final IngestCounts counts;
  private final List<Integer> siblings;
  private final Surroundings around;
  private final InstantSource clock;

  private @Nullable HubPartitionContent log;
  private @Nullable String hubId;
  private @Nullable LastRecord lastEvent;
  private volatile boolean doubted;
  private long next;
  private volatile boolean closed;
  private volatile boolean open;
  private volatile long left = -1;

  /** Callbacks from the reader of a partition to its source. */
  interface Surroundings {
    /**
     * Waits before the next attempt to reach the target, and returns false if the source closes.
     *
     * @return whether the attempt is to be made
     */
    boolean pause();

    /** Reports that the target did not take what was written for a partition. */
    void refused(SourcePartition partition, KafkaException failure);

    /** Returns whether this instance still owns the partition according to the ownership store. */
    boolean isOurs(SourcePartition partition);

    /**
     * Returns whether the hub answered the last query. If it did not, it may have unread events.
     */
    boolean answers();
  }

  /** Content of one partition of an event hub. Its id is the creation time of the hub. */
  interface HubPartitionContent extends PartitionContent {
    /**
     * Returns the sequence number of the first event that was enqueued at or after a time. If all
     * events are older, it is the number after the last event.
     */
    long firstAt(Instant time, Bounds bounds);

    @Override
    default boolean idsAreUnique() {
      return false;
    }
  }

  AmqpPump(
      SourcePartition partition,
      PartitionWriter writer,
      IngestCounts counts,
      List<Integer> siblings,
      Surroundings around,
      InstantSource clock) {
    this.partition = partition;
    this.writer = writer;
    this.counts = counts;
    this.siblings = siblings;
    this.around = around;
    this.clock = clock;
  }

  SourcePartition partition() {
    return partition;
  }

  boolean isOpen() {
    return open;
  }

  /** Returns the number of unread events, or -1 if it is not known. */
  long left() {
    return left;
  }

  /**
   * Fences earlier writers of the partition, and returns the event position to read from. The
   * stored position decides. Without a stored position the configured start decides. Tries up to
   * five times if another writer fences this one meanwhile, because {@code run --from} of another
   * process can move the position at the same time.
   *
   * @param from start to use if no position is stored
   * @throws KafkaException if the target cannot be used
   * @throws IllegalStateException if this reader is closed
   */
  synchronized EventPosition open(HubPartitionContent log, String from) {
    boolean ready = false;
    try {
      for (int attempt = 1; ; attempt++) {
        if (closed) {
          throw isClosed();
        }
        try {
          EventPosition position = openOnce(log, from);
          ready = true;
          return position;
        } catch (KafkaException e) {
          if (!KafkaTarget.isFenced(e) || attempt == OPEN_ATTEMPTS) {
            throw e;
          }
          LOG.info(
              "{}: another writer has fenced this instance while this instance opened {}; this"
                  + " instance tries again, attempt {} of {}",
              partition.source(),
              partition,
              attempt + 1,
              OPEN_ATTEMPTS);
          closeWriter();
          pause();
        }
      }
    } finally {
      if (!ready) {
        close();
      }
    }
  }

  private EventPosition openOnce(HubPartitionContent log, String from) {
    writer.fence();
    Position last = writer.positions().last(partition);
    hubId = log.topicId();
    PartitionContent.Bounds bounds = log.bounds();
    Resumption found =
        last == null ? new Resumption.Fits(first(log, from, bounds)) : Resumption.of(last, log);
    next = found.next();
    Position position = partition.position(next, last);
    lastEvent = last == null || found instanceof Resumption.Replaced ? null : last.getLastRecord();
    position.setTopicId(hubId);
    position.setLastRecord(lastEvent);
    // Without a stored position, an instance that takes over would begin at a later end.
    writer.open(position, siblings, last == null || !(found instanceof Resumption.Fits));
    if (last != null) {
      warn(
          found.countLoss(
              counts.losses(), partition.toString(), NUMBER, last.getNextOffset(), clock.millis()));
    }
    this.log = log;
    open = true;
    left = Math.max(0, bounds.behindLast() - next);
    LOG.info(
        "{}: this instance reads {} from sequence number {}", partition.source(), partition, next);
    return next <= bounds.first()
        ? EventPosition.earliest()
        : EventPosition.fromSequenceNumber(next - 1, false);
  }

  static long first(HubPartitionContent log, String from, PartitionContent.Bounds bounds) {
    return switch (from) {
      case StartPositionCheck.EARLIEST -> bounds.first();
      case StartPositionCheck.LATEST -> bounds.behindLast();
      default -> log.firstAt(Instant.parse(from), bounds);
    };
  }

  private void warn(Losses.@Nullable Loss loss) {
    if (loss != null) {
      LOG.warn("{}: {}", partition.source(), loss.what());
    }
  }

  /**
   * Makes the next batch end the reading of the partition, because the hub was deleted and created
   * again.
   */
  void endAtNextBatch() {
    doubted = true;
  }

  /**
   * Writes the results of events and the new position in one transaction; returns whether anything
   * was written. Retries until that is done. Without new events it writes the watermark if the
   * watermark is due.
   *
   * @throws IllegalStateException if the pump has to end
   */
  synchronized boolean take(List<EventData> events) {
    while (true) {
      if (closed) {
        throw isClosed();
      }
      if (doubted) {
        throw new IllegalStateException(
            partition + " is reopened, because its event hub was deleted and created again");
      }
      try {
        if (!writer.isOpen()) {
          reopen();
        }
        return write(events);
      } catch (InterruptException e) {
        close();
        throw e;
      } catch (KafkaException e) {
        boolean fenced = KafkaTarget.isFenced(e);
        if (fenced) {
          LOG.warn(
              "{}: the target cluster has fenced this instance's writer for {}: another instance"
                  + " has taken the partition over, \"lockstep run --from\" has moved the partition's"
                  + " position, or a transaction timed out; this instance reads the partition again"
                  + " only if it still owns the partition",
              partition.source(),
              partition);
        } else {
          around.refused(partition, e);
        }
        closeWriter();
        pause();
        if (fenced && !around.isOurs(partition)) {
          close();
        }
      }
    }
  }

  private ClosedException isClosed() {
    return new ClosedException(partition.hub(), partition.partition());
  }

  /**
   * Exception for the use of a partition's reader after it was closed. The exception ends this
   * instance's claim of the partition, which is then claimed again, so it is no problem of the
   * source.
   */
  static final class ClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    ClosedException(String hub, Object partition) {
      super("this instance's reader of %s-%s is closed".formatted(hub, partition));
    }
  }

  private void reopen() {
    writer.fence();
    Position last = writer.positions().last(partition);
    long stored = last == null ? next : last.getNextOffset();
    if (stored < next) {
      close();
      throw new IllegalStateException(
          partition
              + " is reopened, because its stored position was moved back to sequence number "
              + stored
              + ", and this instance has read up to sequence number "
              + (next - 1));
    }
    next = stored;
    if (last != null) {
      lastEvent = last.getLastRecord();
    }
    Position position = partition.position(next, last);
    position.setTopicId(hubId);
    position.setLastRecord(lastEvent);
    writer.open(position, siblings);
    open = true;
  }

  private boolean write(List<EventData> events) {
    List<SourceMessage> messages = new ArrayList<>(events.size());
    long behind = next;
    byte[] newest = {};
    long newestAt = -1;
    long first = -1;
    for (EventData event : events) {
      long number = event.getSequenceNumber();
      if (number >= behind) {
        Instant enqueued = event.getEnqueuedTime();
        Long at = enqueued == null ? null : enqueued.toEpochMilli();
        byte[] body = body(event);
        messages.add(new SourceMessage(body, partition.where(number), at));
        if (number > behind && log != null) {
          first = first < 0 ? log.bounds().first() : first;
          if (first > behind) { // otherwise compaction removed the records between
            long to = Math.min(first, number);
            String name = partition.toString();
            warn(counts.losses().recordRemoved(name, NUMBER, behind, to, clock.millis()));
          }
        }
        behind = number + 1;
        newest = body;
        newestAt = at == null ? -1 : at;
      }
    }
    if (messages.isEmpty()) {
      return around.answers() ? writer.tick() : writer.tickUnanswered();
    }
    LastRecord last = new LastRecord(behind - 1, newestAt, Fingerprint.of(newest));
    writer.take(messages, partition.position(behind, hubId, last), counts);
    lastEvent = last;
    left = Math.max(0, left - (behind - next));
    next = behind;
    return true;
  }

  synchronized void observeEnd(long lastNumber) {
    left = Math.max(0, lastNumber + 1 - next);
  }

  static byte[] body(EventData event) {
    AmqpMessageBody body = event.getRawAmqpMessage().getBody();
    if (body.getBodyType() != AmqpMessageBodyType.DATA) {
      Object content =
          body.getBodyType() == AmqpMessageBodyType.VALUE ? body.getValue() : body.getSequence();
      return String.valueOf(content).getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] section : body.getData()) {
      bytes.writeBytes(section);
    }
    return bytes.toByteArray();
  }

  private void closeWriter() {
    writer.close();
    open = false;
  }

  private void pause() {
    if (!around.pause()) {
      close();
    }
  }

  void close() {
    closed = true; // ends the retries of a batch
    synchronized (this) {
      closeWriter();
    }
  }
}
