package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.cluster.PartitionWriter;
import dev.lockstep.ingest.cluster.PositionMove;
import dev.lockstep.ingest.cluster.SourceAnnouncement;
import dev.lockstep.ingest.cluster.SourcePartition;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.ingest.source.Ingest;
import dev.lockstep.ingest.source.ReadingLoop;
import dev.lockstep.ingest.source.SourceHealth;
import dev.lockstep.ingest.source.StartPositionCheck;
import dev.lockstep.schemas.process.Causes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Source that reads one topic, or one event hub by its Kafka endpoint. */
public final class KafkaIngest implements Ingest {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaIngest.class);
  private static final Duration POLL = Duration.ofMillis(500);

  /**
   * Time after which the opening of partitions is interrupted by a poll. Without polls, the group
   * would take the partitions away, and the open ones would not be read.
   */
  private static final long OPENING_MILLIS = 1000;

  private static final Duration POLL_WHILE_OPENING = Duration.ofMillis(50);
  private static final long RETRY_MILLIS = 1000;

  /**
   * Time in milliseconds for which a problem is still reported after another process used the id of
   * this instance. The two processes take turns of some seconds, so each seems to work in its turn.
   */
  private static final long SHARED_ID_MILLIS = 30_000;

  private static final String JOINING =
      "the source waits until its consumer group has assigned the partitions";

  private final KafkaSourceConfig config;
  private final KafkaTarget target;
  private final KafkaClients clients;
  private final MessageReader reader;
  private final IngestCounts counts;
  private final InstantSource clock;

  private final Map<Integer, PartitionIngest> partitions = new TreeMap<>();

  /** Partitions that could not be opened, in the order of the last attempts to open them. */
  private final Set<PartitionIngest> unopened = new LinkedHashSet<>();

  private final ReadingLoop loop;
  private final SourceHealth health;
  private final SilenceCheck silence;
  private final TopicIdentity topic;
  private boolean announced;
  private boolean joined;

  /**
   * True from an assignment of partitions to this instance until a call of {@link #step} has
   * succeeded.
   */
  private boolean newlyAssigned;

  /**
   * Number of the topic's partitions when this instance joined the group, or 0 if the topic did not
   * exist. A partition with this number or a higher one was added since then.
   */
  private int partitionsAtStart;

  private volatile @Nullable Consumer<byte[], byte[]> polled;
  private volatile Status status = new Status(0, 0, JOINING);
  private volatile List<Lag> lags = List.of();
  private long retryAt;

  /**
   * Time in milliseconds since 1970 until which the use of this instance's id by another process is
   * reported as a problem.
   */
  private long sharedIdUntil;

  /** Receiver of a problem, which is recorded and delays the next attempt to open partitions. */
  interface Problems {
    void report(String about, String what, KafkaException e);
  }

  /**
   * Creates a source that reads nothing until it is run.
   *
   * @param raw supplier of the raw fields to look for, called for each record
   * @param counts counters, which count the outcome of a record when it is committed
   * @param clock clock for idle times and retries
   */
  public KafkaIngest(
      KafkaSourceConfig source,
      KafkaTarget target,
      Limits limits,
      Supplier<RawFieldPlan> raw,
      IngestCounts counts,
      InstantSource clock) {
    this(source, target, KafkaClients.of(source, target), limits, raw, counts, clock);
  }

  KafkaIngest(
      KafkaSourceConfig source,
      KafkaTarget target,
      KafkaClients clients,
      Limits limits,
      Supplier<RawFieldPlan> raw,
      IngestCounts counts,
      InstantSource clock) {
    this.config = source;
    this.loop = new ReadingLoop(source.name());
    this.health = new SourceHealth(source.name());
    this.target = target;
    this.clients = clients;
    this.reader = new MessageReader(limits, raw);
    this.counts = counts;
    this.clock = clock;
    this.silence = new SilenceCheck(source, health, this::reportProblem, clock);
    this.topic = new TopicIdentity(source.topic(), clients, health, this::reportProblem, clock);
  }

  @Override
  public Status status() {
    return status;
  }

  @Override
  public List<Lag> lags() {
    return lags;
  }

  @Override
  public void announce() {
    announced = true;
    announce(false);
  }

  @Override
  public void move(String from) {
    Map<PartitionWriter, TopicPartition> writers = new LinkedHashMap<>();
    try (Consumer<byte[], byte[]> source = clients.source()) {
      for (PartitionInfo info : source.partitionsFor(config.topic())) {
        TopicPartition partition = new TopicPartition(info.topic(), info.partition());
        SourcePartition sourcePartition = PartitionIngest.sourcePartition(config, partition);
        writers.put(
            new PartitionWriter(sourcePartition, target, clients, reader, clock), partition);
      }
      if (writers.isEmpty()) {
        throw new UnknownTopicOrPartitionException(
            "the topic " + config.topic() + " does not exist");
      }
      writers.keySet().forEach(PartitionWriter::fence);
      KafkaOffsets offsets = new KafkaOffsets(source);
      writers.forEach(
          (writer, partition) -> PositionMove.move(writer, offsets.at(partition, from), "offset"));
    } finally {
      writers.keySet().forEach(PartitionWriter::close);
    }
  }

  private void announce(boolean isReported) {
    new SourceAnnouncement(config.name(), config.topic(), target, clients).write(isReported);
  }

  /**
   * Withdraws the {@link SourceAnnouncement} once all partitions of this instance are open, and
   * returns false if that failed. The announcement delays the eviction of old state. Without it,
   * eviction waits for the watermark of each partition.
   */
  private boolean withdrawAnnouncement() {
    if (announced && joined && partitions.values().stream().allMatch(PartitionIngest::isOpen)) {
      try {
        announce(true);
        announced = false;
        health.clear(SourceHealth.WHOLE);
      } catch (WakeupException | InterruptException e) {
        throw e;
      } catch (KafkaException e) {
        reportProblem(SourceHealth.WHOLE, "the target cannot be written to", e);
        return false;
      }
    }
    return true;
  }

  @Override
  public void run() {
    loop.run(config.topic(), this::readUntilFailure);
  }

  @Override
  public void close() {
    loop.end();
    Consumer<byte[], byte[]> consumer = polled;
    if (consumer != null) {
      consumer.wakeup();
    }
    loop.awaitEnd();
  }

  void readUntilFailure() {
    try (Consumer<byte[], byte[]> source = clients.source()) {
      polled = source;
      silence.restartLoginCount();
      subscribe(source);
      while (!loop.isOver()) {
        step(source);
      }
    } catch (WakeupException e) {
      // close() was called
    } catch (InterruptException e) {
      loop.end();
    } catch (KafkaException e) {
      if (Causes.find(e, FencedInstanceIdException.class) != null) {
        sharedIdUntil = clock.millis() + SHARED_ID_MILLIS;
      }
      reportProblem(
          SourceHealth.WHOLE,
          "source " + config.topic() + " cannot be read" + KafkaRefusal.of(e),
          e);
      loop.pauseOrEnd(RETRY_MILLIS);
    } catch (RuntimeException e) {
      health.reportFault(e);
      status = status(0);
      loop.pauseOrEnd(RETRY_MILLIS);
    } finally {
      polled = null;
      lags = List.of();
      closeAll();
      topic.close();
    }
  }

  void subscribe(Consumer<byte[], byte[]> source) {
    source.subscribe(List.of(config.topic()), new Assignment(source));
  }

  void step(Consumer<byte[], byte[]> source) {
    boolean wasAssigned = newlyAssigned;
    openNew(source);
    boolean isWithdrawn = withdrawAnnouncement();
    silence.lookForTopic(source, !partitions.isEmpty());
    silence.lookForAnswer(source, !partitions.isEmpty());
    ConsumerRecords<byte[], byte[]> polledNow = poll(source);
    if (!polledNow.isEmpty()) {
      silence.recordDelivery();
    }
    topic.check(source, open(), !polledNow.isEmpty());
    for (PartitionIngest partition : open()) {
      write(source, partition, polledNow);
    }
    boolean isIdShared = clock.millis() < sharedIdUntil;
    if (wasAssigned && isWithdrawn && !isIdShared) {
      // A fault after each assignment stays one problem, because only a whole step clears it.
      health.clear(SourceHealth.WHOLE);
      newlyAssigned = false;
    }
    lags = lags(source);
    status = status((int) partitions.values().stream().filter(PartitionIngest::isOpen).count());
  }

  private List<PartitionIngest> open() {
    return partitions.values().stream().filter(PartitionIngest::isOpen).toList();
  }

  private boolean isOpening() {
    return clock.millis() >= retryAt
        && !partitions.values().stream().allMatch(PartitionIngest::isOpen);
  }

  private ConsumerRecords<byte[], byte[]> poll(Consumer<byte[], byte[]> source) {
    try {
      return source.poll(isOpening() ? POLL_WHILE_OPENING : POLL);
    } catch (OffsetOutOfRangeException e) {
      Map<TopicPartition, OffsetAndMetadata> cuts =
          e instanceof LogTruncationException cut ? cut.divergentOffsets() : Map.of();
      e.offsetOutOfRangePartitions()
          .forEach((name, position) -> reopen(source, name, position, cuts.get(name)));
      return ConsumerRecords.empty();
    }
  }

  private void reopen(
      Consumer<byte[], byte[]> source,
      TopicPartition name,
      long position,
      @Nullable OffsetAndMetadata cut) {
    PartitionIngest partition = partitions.get(name.partition());
    if (partition != null) {
      if (partition.isOpen()) {
        partition.pass(position);
      }
      if (cut != null) {
        partition.cut(cut.offset());
      }
      partition.close();
    }
    source.pause(List.of(name));
    source.seek(name, position); // else each poll fails until the partition is open again
  }

  private Status status(int open) {
    String problem = health.firstProblem();
    return new Status(partitions.size(), open, problem.isEmpty() && !joined ? JOINING : problem);
  }

  private List<Lag> lags(Consumer<byte[], byte[]> source) {
    List<Lag> known = new ArrayList<>();
    for (PartitionIngest partition : partitions.values()) {
      if (partition.isOpen()) {
        TopicPartition name = partition.partition();
        source
            .currentLag(name)
            .ifPresent(left -> known.add(new Lag(name.topic(), name.partition(), left)));
      }
    }
    return known;
  }

  /**
   * Fences and opens partitions that are still closed, until a partition cannot be fenced or
   * opened, or about a second has passed. The next call continues after a poll. However long it
   * takes, each call that knows the topic id tries to fence or open at least one partition.
   * Partitions that could not be opened come last, because each attempt to open an offline one
   * takes until the client's timeout.
   */
  private void openNew(Consumer<byte[], byte[]> source) {
    if (!isOpening()) {
      return;
    }
    List<PartitionIngest> closed =
        partitions.values().stream().filter(partition -> !partition.isOpen()).toList();
    String topicId;
    try {
      topicId = topic.id();
      health.clear(TopicIdentity.TOPIC);
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      topic.reportUnknown(e);
      return;
    }
    long until = clock.millis() + OPENING_MILLIS;
    // An open transaction of one partition would hold back the positions of all, so all are fenced
    // first. A partition that is fenced already takes no time.
    for (PartitionIngest partition : closed) {
      if (!tryOpening(partition, partition::fence) || clock.millis() >= until) {
        return;
      }
    }
    List<PartitionIngest> failedLast = new ArrayList<>(closed);
    failedLast.removeAll(unopened);
    unopened.stream().filter(closed::contains).forEach(failedLast::add);
    for (PartitionIngest partition : failedLast) {
      unopened.remove(partition);
      if (!tryOpening(partition, () -> partition.open(source, topicId, topic::records))) {
        unopened.add(partition);
        return;
      }
      source.resume(List.of(partition.partition()));
      health.clear(opening(partition)); // a write may still be refused
      if (clock.millis() >= until) {
        return;
      }
    }
  }

  private boolean tryOpening(PartitionIngest partition, Runnable step) {
    try {
      step.run();
      return true;
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      retryAt = clock.millis() + RETRY_MILLIS;
      health.reportWithCauses(
          opening(partition),
          partition.partition() + " cannot be opened in the target" + target.fix(e),
          e);
      status = status(0);
      return false;
    }
  }

  private void write(
      Consumer<byte[], byte[]> source,
      PartitionIngest partition,
      ConsumerRecords<byte[], byte[]> records) {
    TopicPartition name = partition.partition();
    try {
      if (records.partitions().contains(name)) {
        partition.take(records.records(name), source.position(name));
        health.clear(about(partition));
      } else {
        partition.pass(source.position(name));
        if (partition.tick(!health.isOpen(SilenceCheck.SILENCE))) {
          health.clear(about(partition));
        }
      }
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      if (KafkaTarget.isFenced(e)) {
        LOG.warn(
            "{}: the target cluster has fenced this instance's writer for {}: another instance has"
                + " taken the partition over, \"lockstep run --from\" has moved its position, or a"
                + " transaction timed out; this instance reads the partition again only if it is still assigned"
                + " to this instance",
            config.name(),
            name);
      } else {
        health.reportRefusedWrite(about(partition), about(partition), target.fix(e), e);
        status = status(0);
      }
      closeAfterFailure(source, partition);
    }
  }

  private void closeAfterFailure(Consumer<byte[], byte[]> source, PartitionIngest partition) {
    // The poll loop opens the partition again if it is still assigned.
    partition.close();
    source.pause(List.of(partition.partition()));
    retryAt = clock.millis() + RETRY_MILLIS;
  }

  private static String about(PartitionIngest partition) {
    return partition.partition().toString();
  }

  /**
   * Returns the name under which {@link SourceHealth} records that a partition cannot be opened.
   * Opening writes other Kafka records than reading, so its success does not end a problem of a
   * write.
   */
  private static String opening(PartitionIngest partition) {
    return about(partition) + " opening";
  }

  private void reportProblem(String about, String what, KafkaException e) {
    retryAt = clock.millis() + RETRY_MILLIS;
    health.report(about, what, e);
    status = status(0);
  }

  private void closeAll() {
    partitions.values().forEach(this::leave);
    partitions.clear();
    newlyAssigned = false;
    health.drop(SilenceCheck.SILENCE);
  }

  private void leave(PartitionIngest partition) {
    partition.close();
    unopened.remove(partition);
    health.drop(about(partition));
    health.drop(opening(partition));
  }

  /**
   * Rebalance listener that keeps a {@link PartitionIngest} for each assigned partition. The poll
   * loop opens its writer later.
   */
  private final class Assignment implements ConsumerRebalanceListener {
    private final Consumer<byte[], byte[]> source;

    Assignment(Consumer<byte[], byte[]> source) {
      this.source = source;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
      // Nothing may be read before the position is known.
      source.pause(assigned);
      if (!joined) {
        partitionsAtStart = source.partitionsFor(config.topic(), SilenceCheck.LOOK_TIMEOUT).size();
        for (TopicPartition partition : assigned) {
          partitionsAtStart = Math.max(partitionsAtStart, partition.partition() + 1);
        }
      }
      joined = true;
      newlyAssigned = true; // the source answers, and the group takes this instance
      for (TopicPartition partition : assigned) {
        source.seek(partition, 0); // a partition without a position makes the poll fail
        partitions.put(
            partition.partition(),
            new PartitionIngest(
                config, from(partition), partition, target, clients, reader, counts, clock));
      }
    }

    /**
     * Returns where the reading of a partition begins if the partition has no stored position:
     * {@code earliest}, {@code latest}, or an ISO 8601 time. A partition that was added after this
     * instance started, alone or with its whole topic, is read from {@code earliest} in place of
     * {@code latest}, because all its records came after the start of this instance.
     */
    private String from(TopicPartition partition) {
      boolean added = partition.partition() >= partitionsAtStart;
      return added && config.from().equals(StartPositionCheck.LATEST)
          ? StartPositionCheck.EARLIEST
          : config.from();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
      for (TopicPartition partition : new ArrayList<>(new HashSet<>(revoked))) {
        PartitionIngest writer = partitions.remove(partition.partition());
        if (writer != null) {
          leave(writer);
        }
      }
    }
  }
}
