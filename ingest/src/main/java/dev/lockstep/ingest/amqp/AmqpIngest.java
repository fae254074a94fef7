package dev.lockstep.ingest.amqp;

import dev.lockstep.ingest.cluster.ClusterClients;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.cluster.PartitionWriter;
import dev.lockstep.ingest.cluster.PositionMove;
import dev.lockstep.ingest.cluster.SourceAnnouncement;
import dev.lockstep.ingest.cluster.SourceBacklogs;
import dev.lockstep.ingest.cluster.TargetClients;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.ingest.source.Ingest;
import dev.lockstep.ingest.source.ReadingLoop;
import dev.lockstep.ingest.source.SourceHealth;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Source that reads one event hub by AMQP, each partition from its position in the target cluster.
 *
 * <p>Azure's event processor distributes the partitions and keeps the connections. Checkpoints in a
 * blob container do not decide where reading begins: {@link ForeignCheckpoints} only writes them,
 * for tools other than Lockstep.
 */
public final class AmqpIngest implements Ingest {
  /**
   * Name in source health of the failure to withdraw the {@link SourceAnnouncement}. Until the
   * source has withdrawn it, the eviction of state waits for the source, although its partitions
   * are open. A problem of a partition has the number of the partition as its name.
   */
  private static final String ANNOUNCEMENT = "announcement";

  /** Name in source health of the problem that the hub no longer answers. */
  private static final String SILENCE = "silence";

  private static final long LOOK_MILLIS = 500;
  private static final Logger LOG = LoggerFactory.getLogger(AmqpIngest.class);
  private static final long HUB_MILLIS = 10_000;
  private static final long RETRY_MILLIS = 1_000;

  private final AmqpSourceConfig config;
  private final Pace pace;
  private final KafkaTarget target;
  private final TargetClients clients;
  private final AmqpClients azure;
  private final InstantSource clock;

  private final ReadingLoop loop;
  private final SourceHealth health;
  private final AmqpPumps pumps;
  private boolean announced;
  private volatile @Nullable AmqpProcessor processor;

  /**
   * Intervals and timeouts with which the event processor distributes partitions among instances.
   *
   * @param balance interval at which partitions are distributed again
   * @param expiry time without a sign of life after which an instance counts as dead
   * @param rest time during which this instance does not claim a partition that another reader took
   */
  record Pace(Duration balance, Duration expiry, Duration rest) {
    static Pace of(AmqpSourceConfig source) {
      return new Pace(
          Duration.ofSeconds(source.checkpoints() == null ? 2 : 10),
          Duration.ofMinutes(2),
          Duration.ofSeconds(30));
    }
  }

  /**
   * Creates a source that reads nothing until it is run.
   *
   * @param raw supplier of the raw fields to look for, called for each record
   * @param counts counters, which count the outcome of a record when it is committed
   * @param clock clock for idle times and retries
   */
  public AmqpIngest(
      AmqpSourceConfig source,
      KafkaTarget target,
      Limits limits,
      Supplier<RawFieldPlan> raw,
      IngestCounts counts,
      InstantSource clock) {
    this(source, Pace.of(source), target, limits, raw, counts, clock);
  }

  AmqpIngest(
      AmqpSourceConfig source,
      Pace pace,
      KafkaTarget target,
      Limits limits,
      Supplier<RawFieldPlan> raw,
      IngestCounts counts,
      InstantSource clock) {
    this.config = source;
    this.loop = new ReadingLoop(source.name());
    this.health = new SourceHealth(source.name());
    this.pace = pace;
    this.target = target;
    this.clients = new ClusterClients(target);
    this.azure = new AmqpClients(source);
    this.clock = clock;
    this.pumps = new AmqpPumps(source, target, clients, limits, raw, counts, clock);
  }

  @Override
  public Status status() {
    List<AmqpPump> all = pumps.all();
    int open = (int) all.stream().filter(AmqpPump::isOpen).count();
    String problem = health.firstProblem();
    if (problem.isEmpty() && !loop.isOver() && !isBalanced()) {
      problem = "event hub " + config.hub() + " has not answered yet";
    }
    return new Status(all.size(), open, problem);
  }

  @Override
  public List<Lag> lags() {
    List<Lag> lags = new ArrayList<>();
    for (AmqpPump pump : pumps.all()) {
      if (pump.left() >= 0) {
        lags.add(new Lag(config.hub(), pump.partition().partition(), pump.left()));
      }
    }
    return lags;
  }

  @Override
  public void announce() {
    announced = true;
    announcement().write(false);
  }

  @Override
  public void move(String from) {
    Map<PartitionWriter, AmqpPartitionContent> writers = new LinkedHashMap<>();
    try (HubQueries asked = azure.hub()) {
      for (String partition : asked.partitionIds()) {
        writers.put(
            pumps.writer(partition), new AmqpPartitionContent(asked, config.hub(), partition));
      }
      writers.keySet().forEach(PartitionWriter::fence);
      writers.forEach((writer, of) -> move(writer, of, from));
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) { // Azure's clients throw exceptions of any kind
      throw new KafkaException("event hub " + config.hub() + ": " + AmqpRefusal.of(e), e);
    } finally {
      writers.keySet().forEach(PartitionWriter::close);
    }
  }

  private void move(PartitionWriter writer, AmqpPartitionContent of, String from) {
    PositionMove.move(writer, AmqpPump.first(of, from, of.bounds()), AmqpPump.NUMBER);
  }

  private SourceAnnouncement announcement() {
    return new SourceAnnouncement(config.name(), config.hub(), target, clients);
  }

  @Override
  public void run() {
    loop.run(config.hub() + " by AMQP", this::readUntilFailure);
  }

  @Override
  public void close() {
    loop.end();
    loop.awaitEnd();
  }

  private void readUntilFailure() {
    try (HubQueries hub = azure.hub();
        AmqpProcessor running =
            new AmqpProcessor(config, pace, target, azure, hub, pumps, loop, health, clock)) {
      processor = running;
      running.start();
      Instant createdAt = hub.createdAt();
      long lookAt = clock.millis() + HUB_MILLIS;
      while (loop.pause(LOOK_MILLIS)) {
        withdrawAnnouncement();
        if (clock.millis() >= lookAt) {
          lookAt = clock.millis() + HUB_MILLIS;
          createdAt = reopenIfRecreated(hub, running, createdAt);
        }
      }
      loop.end();
    } catch (RuntimeException e) { // Azure's clients throw any kind, and all are retried
      health.report(SourceHealth.WHOLE, "event hub " + config.hub() + ": " + AmqpRefusal.of(e), e);
      loop.pauseOrEnd(RETRY_MILLIS);
    } finally {
      processor = null;
      health.drop(SILENCE); // the next attempt tells
    }
  }

  /**
   * Asks the hub for its creation time, and makes the partitions reopen if the hub was deleted and
   * created again. Each partition reopens at its next batch. Its connection may survive the
   * deletion. A hub that does not answer is a problem of the source, because it looks like a hub
   * without new events.
   *
   * @return time at which the hub was created, or {@code createdBefore} if the hub does not tell it
   */
  private Instant reopenIfRecreated(HubQueries hub, AmqpProcessor running, Instant createdBefore) {
    try {
      Instant createdAt = hub.createdAt();
      running.recordAnswered(true);
      health.clear(SILENCE);
      if (!createdAt.equals(createdBefore)) {
        LOG.warn(
            "{}: event hub {} was deleted and created again at {}; this instance reopens its"
                + " partitions",
            config.name(),
            config.hub(),
            createdAt);
        pumps.all().forEach(AmqpPump::endAtNextBatch);
      }
      return createdAt;
    } catch (RuntimeException e) { // the event processor reports a refusal, and retries
      LOG.debug(
          "{}: could not read the properties of event hub {}", config.name(), config.hub(), e);
      boolean isAnswer = AmqpRefusal.isAnswer(e);
      running.recordAnswered(isAnswer);
      if (isAnswer) {
        health.clear(SILENCE);
      } else {
        health.report(SILENCE, "event hub " + config.hub() + ": " + AmqpRefusal.of(e), e);
      }
      return createdBefore;
    }
  }

  private boolean isBalanced() {
    AmqpProcessor running = processor;
    return running != null && running.isBalanced();
  }

  /**
   * Withdraws the {@link SourceAnnouncement} of this source if every claimed partition is open.
   * Until then the announcement makes eviction wait for this source; from then on eviction waits
   * for the watermark of each partition.
   */
  private void withdrawAnnouncement() {
    AmqpProcessor running = processor;
    if (announced && running != null && running.hasOpenedClaims()) {
      try {
        announcement().write(true);
        announced = false;
        health.clear(ANNOUNCEMENT);
      } catch (KafkaException e) {
        health.reportWithCauses(ANNOUNCEMENT, "the target cannot be written to", e);
      }
    }
  }

  /**
   * Returns the range of sequence numbers that each partition of the hub has, by partition number.
   * It begins with the first event, and ends before the event that will be written next.
   *
   * @throws KafkaException if the hub does not answer
   */
  public static Map<Integer, SourceBacklogs.Extent> extents(AmqpSourceConfig source) {
    return AmqpPartitionContent.extents(source);
  }

  /**
   * Returns the claims of a token for the source's namespace as JSON, or an empty text for a token
   * without claims. The token is requested through the source's proxy, in the same way as for
   * reading.
   *
   * @throws IOException if there is no token; the message has the kind of identity, Azure's answer
   *     and the fix
   * @throws IllegalArgumentException if the source has no identity but a connection string
   */
  public static String claims(AmqpSourceConfig source) throws IOException {
    if (source.access() instanceof AmqpSourceConfig.Identity identity) {
      return identity.who().claims(source.namespace(), new AmqpClients(source).web());
    }
    throw new IllegalArgumentException(
        "could not get a token for the source: only an identity gets tokens, and this source has a connection string: "
            + source);
  }
}
