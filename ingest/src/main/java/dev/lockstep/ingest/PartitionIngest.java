package dev.lockstep.ingest;

import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Position;
import dev.lockstep.schemas.Where;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One source partition on its way into the target.
 *
 * <h2>Exactly once between two systems</h2>
 *
 * What a batch gives and how far it was read are one transaction in the target. The transactional
 * id is the partition's own, so opening fences whoever held the partition before and ends what it
 * left open; only then is the position read, and only from there is the source read. After any
 * failure the state is thrown away and opened anew: whether the last commit took place need not be
 * known, the position tells.
 */
final class PartitionIngest {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionIngest.class);

  private static final String ARRIVAL_HEADER = "lockstep-arrival";
  private static final long LOG_EVERY = 1000;
  private static final long IDLE_MILLIS = Duration.ofMinutes(10).toMillis();
  private static final long CLOCK_STEP_MILLIS = Duration.ofMinutes(10).toMillis();
  private static final long CLOCK_PAUSE_MILLIS = Duration.ofSeconds(5).toMillis();
  private static final long QUIET_MILLIS = Duration.ofSeconds(5).toMillis();
  private static final long LIVE_DELAY_MILLIS = Duration.ofMinutes(1).toMillis();

  /** Longer than any grace: a capture that was played and has ended keeps nothing waiting. */
  private static final long ENDED_MILLIS = Duration.ofHours(2).toMillis();

  private final KafkaSourceConfig source;
  private final TopicPartition partition;
  private final KafkaTarget target;
  private final KafkaClients clients;
  private final Positions positions;
  private final MessageReader reader;
  private final ActivityOutput output;
  private final InstantSource clock;

  /** How many rejections of a reason there were, for the log. */
  private final Map<String, Long> logged = new HashMap<>();

  private @Nullable Producer<byte[], byte[]> fenced;
  private @Nullable Producer<byte[], byte[]> producer;
  private ArrivalClock arrivals = new ArrivalClock(0);
  private long furthest;
  private long nextOffset;
  private long readAt;
  private boolean idle;
  private boolean quiet;
  private long sentClockAt;
  private boolean sentIdle;
  private boolean sentQuiet;
  private long sentAt;

  PartitionIngest(
      KafkaSourceConfig source,
      TopicPartition partition,
      KafkaTarget target,
      KafkaClients clients,
      MessageReader reader,
      InstantSource clock) {
    this.source = source;
    this.partition = partition;
    this.target = target;
    this.clients = clients;
    this.positions = new Positions(clients, target, clock);
    this.reader = reader;
    this.output = new ActivityOutput(target);
    this.clock = clock;
  }

  TopicPartition partition() {
    return partition;
  }

  boolean isOpen() {
    return producer != null;
  }

  /** Fences predecessors, and so ends what they left open. */
  void fence() {
    if (fenced != null) {
      return;
    }
    Producer<byte[], byte[]> opened =
        clients.output(
            target.topicPrefix()
                + "ingest-"
                + source.name()
                + "-"
                + partition.topic()
                + "-"
                + partition.partition());
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

  /** Finds the position and puts the source there, once predecessors are fenced. */
  void open(Consumer<byte[], byte[]> from) {
    fence();
    Producer<byte[], byte[]> opened = Objects.requireNonNull(fenced);
    fenced = null;
    boolean ready = false;
    try {
      Position last = positions.last(Positions.key(source.name(), partition));
      nextOffset = last == null ? firstOffset(from) : last.getNextOffset();
      arrivals = new ArrivalClock(last == null ? 0 : last.getClockAt());
      warnOfGap(from, last);
      from.seek(partition, nextOffset);
      readAt = clock.millis();
      idle = false;
      quiet = false;
      opened.beginTransaction();
      sendClock(opened);
      announceSiblings(opened, from);
      opened.commitTransaction();
      ready = true;
    } finally {
      if (!ready) {
        opened.close(Duration.ZERO);
      }
    }
    producer = opened;
    LOG.info("{}: reads {} from offset {}", source.name(), partition, nextOffset);
  }

  /** Says that the source has other partitions too, which are to be waited for until they speak. */
  private void announceSiblings(Producer<byte[], byte[]> out, Consumer<byte[], byte[]> from) {
    int activityPartitions = out.partitionsFor(target.activityTopic()).size();
    for (PartitionInfo sibling : from.partitionsFor(partition.topic())) {
      Where where = Origin.offset(source.name(), partition.topic(), sibling.partition(), -1);
      for (int i = 0; i < activityPartitions; i++) {
        send(out, output.clock(i, where, 0, 0, false));
      }
    }
  }

  private long firstOffset(Consumer<byte[], byte[]> from) {
    if (source.from().equals("earliest")) {
      return from.beginningOffsets(Set.of(partition)).getOrDefault(partition, 0L);
    }
    if (!source.from().equals("latest")) {
      long time = Instant.parse(source.from()).toEpochMilli();
      OffsetAndTimestamp found = from.offsetsForTimes(Map.of(partition, time)).get(partition);
      if (found != null) {
        return found.offset();
      }
    }
    return from.endOffsets(Set.of(partition)).getOrDefault(partition, 0L);
  }

  private void warnOfGap(Consumer<byte[], byte[]> from, @Nullable Position last) {
    if (last != null) {
      long beginning = from.beginningOffsets(Set.of(partition)).getOrDefault(partition, 0L);
      if (beginning > nextOffset) {
        LOG.warn(
            "{}: {} no longer has the offsets from {} to {}: they were never read",
            source.name(),
            partition,
            nextOffset,
            beginning - 1);
      }
    }
  }

  /**
   * Reads records and writes what they give, in one transaction.
   *
   * @param counts takes the outcomes once they are committed
   */
  void take(List<ConsumerRecord<byte[], byte[]>> records, IngestCounts counts) {
    Producer<byte[], byte[]> out = opened();
    IngestCounts batch = new IngestCounts();
    out.beginTransaction();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      read(record, out, batch);
      nextOffset = record.offset() + 1;
    }
    readAt = clock.millis();
    idle = false;
    quiet = false;
    if (isClockDue()) {
      sendClock(out);
    }
    sendPosition(out);
    out.commitTransaction();
    counts.add(batch);
  }

  /** Says how the clock stands if that is due though nothing came. */
  void tick() {
    Producer<byte[], byte[]> out = opened();
    long nothingFor = clock.millis() - readAt;
    idle = nothingFor >= IDLE_MILLIS;
    quiet = nothingFor >= QUIET_MILLIS;
    if (isClockDue()) {
      out.beginTransaction();
      sendClock(out);
      sendPosition(out);
      out.commitTransaction();
    }
  }

  /** Lets the partition go; whatever is not committed never was. */
  void close() {
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
      throw new IllegalStateException(partition + " is not open");
    }
    return producer;
  }

  private void read(
      ConsumerRecord<byte[], byte[]> record, Producer<byte[], byte[]> out, IngestCounts batch) {
    Long enqueuedAt = arrival(record);
    if (enqueuedAt != null) {
      observe(enqueuedAt);
    }
    Where where =
        Origin.offset(source.name(), partition.topic(), partition.partition(), record.offset());
    byte[] body = record.value() == null ? new byte[0] : record.value();
    for (Outcome outcome : outcomes(body, where, enqueuedAt)) {
      batch.count(outcome);
      if (enqueuedAt == null && outcome instanceof Outcome.Mapped mapped) {
        observe(mapped.activity().getArrivalAt());
      }
      ProducerRecord<byte[], byte[]> written = output.of(outcome);
      if (written != null) {
        send(out, written);
      }
      log(outcome);
    }
  }

  private void observe(long arrivalAt) {
    arrivals.observe(arrivalAt);
    furthest = Math.max(furthest, Math.min(arrivalAt, Long.MAX_VALUE - ENDED_MILLIS));
  }

  /** A message that our own code fails on must not stop those behind it. */
  private List<Outcome> outcomes(byte[] body, Where where, @Nullable Long enqueuedAt) {
    List<Outcome> outcomes = new ArrayList<>();
    try {
      reader.read(body, where, enqueuedAt, outcomes::add);
      return outcomes;
    } catch (RuntimeException e) {
      LOG.error("{}: failed on {} offset {}", source.name(), partition, where.getPosition(), e);
      return List.of(
          new Slice(body, 0, body.length, where, enqueuedAt)
              .rejected(Reason.UNREADABLE, "reading failed with " + e.getClass().getSimpleName()));
    }
  }

  private void log(Outcome outcome) {
    if (outcome instanceof Outcome.Rejected rejected) {
      DeadLetter letter = rejected.letter();
      long count = logged.merge(letter.getReason(), 1L, Long::sum);
      if (count == 1 || count % LOG_EVERY == 0) {
        LOG.warn(
            "{}: rejected {} offset {} index {}: {} (number {} of its reason)",
            source.name(),
            partition,
            letter.getWhere().getPosition(),
            letter.getWhere().getIndex(),
            letter.getReason(),
            count);
      }
    }
  }

  /** A send that fails makes the commit fail, which is where it is seen. */
  private static void send(Producer<byte[], byte[]> out, ProducerRecord<byte[], byte[]> record) {
    Future<?> unused = out.send(record);
  }

  private @Nullable Long arrival(ConsumerRecord<byte[], byte[]> record) {
    if (!source.arrivalFromHeader()) {
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

  /**
   * Returns up to which arrival time nothing more is to be waited for here: where everything there
   * is has been read, a live source's arrivals have come almost to now, and a capture that was
   * played has ended. (A capture may end after a gap that the clock does not believe in yet.)
   */
  private long graceAt() {
    if (!quiet) {
      return arrivals.at();
    }
    if (source.arrivalFromHeader()) {
      return furthest == 0 ? 0 : furthest + ENDED_MILLIS;
    }
    return Math.max(arrivals.at(), clock.millis() - LIVE_DELAY_MILLIS);
  }

  private boolean isClockDue() {
    if (idle != sentIdle || quiet != sentQuiet) {
      return true;
    }
    if (quiet && !source.arrivalFromHeader() && clock.millis() - sentAt >= LIVE_DELAY_MILLIS) {
      return true;
    }
    long step = Math.abs(arrivals.at() - sentClockAt);
    return step >= CLOCK_STEP_MILLIS || (step > 0 && clock.millis() - sentAt >= CLOCK_PAUSE_MILLIS);
  }

  private void sendClock(Producer<byte[], byte[]> out) {
    Where where =
        Origin.offset(source.name(), partition.topic(), partition.partition(), nextOffset);
    int activityPartitions = out.partitionsFor(target.activityTopic()).size();
    for (int i = 0; i < activityPartitions; i++) {
      send(out, output.clock(i, where, arrivals.at(), graceAt(), idle));
    }
    sentClockAt = arrivals.at();
    sentIdle = idle;
    sentQuiet = quiet;
    sentAt = clock.millis();
  }

  private void sendPosition(Producer<byte[], byte[]> out) {
    send(
        out,
        new ProducerRecord<>(
            target.positionsTopic(),
            Positions.key(source.name(), partition),
            positions.encoded(source.name(), partition, nextOffset, arrivals.at())));
  }
}
