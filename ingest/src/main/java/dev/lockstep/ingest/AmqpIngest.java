package dev.lockstep.ingest;

import com.azure.messaging.eventhubs.EventHubConsumerClient;
import com.azure.messaging.eventhubs.EventProcessorClient;
import com.azure.messaging.eventhubs.LoadBalancingStrategy;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.CloseContext;
import com.azure.messaging.eventhubs.models.ErrorContext;
import com.azure.messaging.eventhubs.models.EventBatchContext;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.InitializationContext;
import com.azure.messaging.eventhubs.models.PartitionContext;
import dev.lockstep.schemas.Position;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one event hub by AMQP.
 *
 * <p>Azure's event processor shares the partitions out and keeps the links up; where each partition
 * is read from is decided by the positions in the target alone.
 */
public final class AmqpIngest implements Ingest {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpIngest.class);
  private static final String WHOLE = "";
  private static final int BATCH = 64;
  private static final int PREFETCH = 128;
  private static final Duration BATCH_PATIENCE = Duration.ofMillis(500);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
  private static final long LOOK_MILLIS = 500;
  private static final long RETRY_MILLIS = 1_000;
  private static final long CHECKPOINT_MILLIS = 10_000;

  private final AmqpSourceConfig config;
  private final Pace pace;
  private final KafkaTarget target;
  private final TargetClients clients;
  private final AmqpClients azure;
  private final Limits limits;
  private final IngestCounts counts;
  private final InstantSource clock;

  private final Lifetime lifetime;
  private final IdentityHashMap<PartitionContext, AmqpPartition> pumps = new IdentityHashMap<>();
  private final Map<String, AmqpPartition> opening = new ConcurrentHashMap<>();
  private final Map<String, String> troubles = new TreeMap<>();
  private final Map<Lane, Long> checkpointedAt = new ConcurrentHashMap<>();
  private @Nullable AmqpOwnership ownership;
  private @Nullable EventHubConsumerClient hub;
  private List<Integer> siblings = List.of();
  private boolean announced;
  private volatile boolean balanced;
  private volatile boolean stopping;
  private volatile long committedAt;
  private volatile Status status = new Status(0, 0, 0, "");

  /**
   * How often instances look at one another.
   *
   * @param balance how often partitions are shared out
   * @param expiry after how long without a word an instance is taken for dead
   * @param rest how long a partition that another reader took is left alone
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
   * Creates an ingest that does nothing until it is run.
   *
   * @param counts takes each record's outcome once it is committed
   * @param clock tells when a partition has been idle and when to try again
   */
  public AmqpIngest(
      AmqpSourceConfig source,
      KafkaTarget target,
      Limits limits,
      IngestCounts counts,
      InstantSource clock) {
    this(source, Pace.of(source), target, limits, counts, clock);
  }

  AmqpIngest(
      AmqpSourceConfig source,
      Pace pace,
      KafkaTarget target,
      Limits limits,
      IngestCounts counts,
      InstantSource clock) {
    this.config = source;
    this.lifetime = new Lifetime(source.name());
    this.pace = pace;
    this.target = target;
    this.clients = TargetClients.of(target);
    this.azure = new AmqpClients(source);
    this.limits = limits;
    this.counts = counts;
    this.clock = clock;
  }

  @Override
  public Status status() {
    return status;
  }

  @Override
  public List<Lag> lags() {
    List<Lag> lags = new ArrayList<>();
    for (AmqpPartition pump : pumps()) {
      if (pump.left() >= 0) {
        lags.add(new Lag(config.hub(), pump.lane().partition(), pump.left()));
      }
    }
    return lags;
  }

  @Override
  public void announce() {
    announced = true;
    announcement().say(false);
  }

  @Override
  public void move(String from) {
    Map<PartitionWriter, AmqpHub> writers = new LinkedHashMap<>();
    try (EventHubConsumerClient asked = azure.hub()) {
      for (String partition : asked.getPartitionIds()) {
        writers.put(writer(lane(partition)), new AmqpHub(asked, config.hub(), partition));
      }
      writers.keySet().forEach(PartitionWriter::fence);
      writers.forEach((writer, of) -> move(writer, of, from));
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) { // whatever Azure's clients throw
      throw new KafkaException("event hub " + config.hub() + ": " + AmqpRefusal.of(e), e);
    } finally {
      writers.keySet().forEach(PartitionWriter::close);
    }
  }

  private void move(PartitionWriter writer, AmqpHub of, String from) {
    Lane lane = lane(of.partition());
    long to = AmqpPartition.first(of, from, of.bounds());
    Position last = writer.positions().last(lane);
    writer.move(List.of(lane.position(to)), List.of());
    long before = last == null ? -1 : last.getNextOffset();
    LOG.warn(
        "{}: {} moves to sequence number {}: {}",
        config.name(),
        lane,
        to,
        before < 0
            ? "it was not read yet"
            : to < before
                ? (before - to) + " events are read again"
                : (to - before) + " events are passed over");
  }

  /**
   * Returns where each partition of an event hub ends now.
   *
   * @throws KafkaException if it does not answer
   */
  public static Map<Integer, Long> ends(AmqpSourceConfig source) {
    Map<Integer, Long> ends = new TreeMap<>();
    try (EventHubConsumerClient asked = new AmqpClients(source).hub()) {
      for (String partition : asked.getPartitionIds()) {
        ends.put(
            number(partition), new AmqpHub(asked, source.hub(), partition).bounds().behindLast());
      }
      return ends;
    } catch (RuntimeException e) { // whatever Azure's clients throw
      throw new KafkaException("event hub " + source.hub() + ": " + AmqpRefusal.of(e), e);
    }
  }

  private Lane lane(String partition) {
    return new Lane(config.name(), config.hub(), number(partition), true);
  }

  private PartitionWriter writer(Lane lane) {
    return new PartitionWriter(lane, target, clients, new MessageReader(limits), clock);
  }

  private Announcement announcement() {
    return new Announcement(config.name(), config.hub(), target, clients);
  }

  @Override
  public void run() {
    lifetime.run(config.hub() + " by AMQP", this::readUntilFailure);
  }

  @Override
  public void close() {
    lifetime.end();
    lifetime.awaitEnd();
  }

  private void readUntilFailure() {
    look();
    EventProcessorClient processor = null;
    try (EventHubConsumerClient asked = azure.hub()) {
      hub = asked;
      siblings = asked.getPartitionIds().stream().map(AmqpIngest::number).sorted().toList();
      processor = processor();
      processor.start();
      while (lifetime.pause(LOOK_MILLIS)) {
        takeBackAnnouncement();
        look();
      }
      lifetime.end();
    } catch (RuntimeException e) { // whatever Azure's clients throw, it is tried again
      troubled(WHOLE, "event hub " + config.hub() + ": " + AmqpRefusal.of(e), e);
      lifetime.pauseOrEnd(RETRY_MILLIS);
    } finally {
      stop(processor);
      hub = null;
    }
  }

  private EventProcessorClient processor() {
    AmqpOwnership shares = new AmqpOwnership(azure.shared(), clock, this::balanced);
    ownership = shares;
    stopping = false;
    EventProcessorClient processor =
        azure
            .processor()
            .checkpointStore(shares)
            .loadBalancingStrategy(LoadBalancingStrategy.GREEDY)
            .loadBalancingUpdateInterval(pace.balance())
            .partitionOwnershipExpirationInterval(pace.expiry())
            .prefetchCount(PREFETCH)
            .trackLastEnqueuedEventProperties(true)
            .processPartitionInitialization(this::begin)
            .initialPartitionEventPosition(this::startOf)
            .processEventBatch(this::take, BATCH, BATCH_PATIENCE)
            .processPartitionClose(this::lose)
            .processError(this::failed)
            .buildEventProcessorClient();
    shares.iAm(processor.getIdentifier());
    return processor;
  }

  private void stop(@Nullable EventProcessorClient processor) {
    stopping = true;
    if (processor != null) {
      try {
        processor.stop(STOP_PATIENCE);
      } catch (RuntimeException e) {
        LOG.warn("{}: Azure's client did not stop in time ({})", config.name(), Causes.of(e));
      }
    }
    pumps().forEach(AmqpPartition::close);
    synchronized (pumps) {
      pumps.clear();
    }
    balanced = false;
  }

  private void balanced() {
    balanced = true;
    settled(WHOLE);
    look();
  }

  /** Once every partition at hand has said how far it is, the source need not be waited for. */
  private void takeBackAnnouncement() {
    if (announced && balanced && pumps().stream().allMatch(AmqpPartition::isOpen)) {
      try {
        announcement().say(true);
        announced = false;
      } catch (KafkaException e) {
        troubled(WHOLE, "the target cannot be written to", e);
      }
    }
  }

  private void look() {
    List<AmqpPartition> all = pumps();
    int open = (int) all.stream().filter(AmqpPartition::isOpen).count();
    status = new Status(all.size(), open, committedAt, trouble());
  }

  private List<AmqpPartition> pumps() {
    synchronized (pumps) {
      return List.copyOf(pumps.values());
    }
  }

  private @Nullable AmqpPartition pump(PartitionContext context) {
    synchronized (pumps) {
      return pumps.get(context);
    }
  }

  /** The processor has claimed a partition, and asks next where to begin. */
  private void begin(InitializationContext begun) {
    PartitionContext context = begun.getPartitionContext();
    Lane lane = lane(context.getPartitionId());
    AmqpPartition pump = new AmqpPartition(lane, writer(lane), counts, siblings, surroundings);
    AmqpPartition older;
    synchronized (pumps) {
      older =
          pumps.values().stream().filter(each -> each.lane().equals(lane)).findAny().orElse(null);
      pumps.values().remove(older);
      pumps.put(context, pump);
    }
    if (older != null) {
      older.close();
    }
    opening.put(context.getPartitionId(), pump);
    Objects.requireNonNull(ownership).begun(context.getPartitionId());
  }

  private EventPosition startOf(String partition) {
    AmqpPartition pump = Objects.requireNonNull(opening.remove(partition));
    try {
      EventPosition position =
          pump.open(
              new AmqpHub(Objects.requireNonNull(hub), config.hub(), partition), config.from());
      settled(partition);
      return position;
    } catch (RuntimeException e) {
      pump.close();
      forget(pump);
      fell(partition, 0);
      troubled(
          partition,
          e instanceof KafkaException
              ? pump.lane() + " cannot be opened in the target"
              : e instanceof IllegalStateException
                  ? String.valueOf(e.getMessage())
                  : pump.lane() + ": " + AmqpRefusal.of(e),
          e);
      throw new Told(e);
    }
  }

  /** A failure that the log has already, on its way through Azure's client. */
  private static final class Told extends RuntimeException {
    private static final long serialVersionUID = 1;

    Told(RuntimeException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private void take(EventBatchContext batch) {
    AmqpPartition pump = pump(batch.getPartitionContext());
    if (pump == null) {
      throw new IllegalStateException("the partition is no longer ours");
    }
    pump.take(batch.getEvents());
    if (batch.getLastEnqueuedEventProperties() != null) {
      Long last = batch.getLastEnqueuedEventProperties().getSequenceNumber();
      if (last != null) {
        pump.observeEnd(last);
      }
    }
    settled(batch.getPartitionContext().getPartitionId());
    checkpoint(batch, pump.lane());
  }

  /** Tells tools that look there; nothing of ours reads it. */
  private void checkpoint(EventBatchContext batch, Lane lane) {
    AmqpOwnership shares = ownership;
    int events = batch.getEvents().size();
    long now = clock.millis();
    if (shares == null
        || config.checkpoints() == null
        || events == 0
        || now - checkpointedAt.getOrDefault(lane, 0L) < CHECKPOINT_MILLIS) {
      return;
    }
    checkpointedAt.put(lane, now);
    PartitionContext context = batch.getPartitionContext();
    var last = batch.getEvents().get(events - 1);
    shares
        .updateCheckpoint(
            new Checkpoint()
                .setFullyQualifiedNamespace(context.getFullyQualifiedNamespace())
                .setEventHubName(context.getEventHubName())
                .setConsumerGroup(context.getConsumerGroup())
                .setPartitionId(context.getPartitionId())
                .setSequenceNumber(last.getSequenceNumber())
                .setOffsetString(last.getOffsetString()))
        .subscribe(
            done -> {}, e -> LOG.debug("{}: {} could not be checkpointed", config.name(), lane, e));
  }

  private void lose(CloseContext lost) {
    AmqpPartition pump = pump(lost.getPartitionContext());
    if (pump != null) {
      pump.close();
      forget(pump);
      if (!stopping) { // else the processor gives it back itself
        fell(lost.getPartitionContext().getPartitionId(), 0);
      }
      LOG.info("{}: {} is let go", config.name(), pump.lane());
    }
  }

  private void failed(ErrorContext error) {
    String partition = error.getPartitionContext().getPartitionId();
    Throwable why = error.getThrowable();
    if (lifetime.isOver() || Causes.find(why, Told.class) != null) {
      return;
    }
    if (pump(error.getPartitionContext()) == null) {
      troubled(WHOLE, "event hub " + config.hub() + ": " + AmqpRefusal.of(why), why);
      return;
    }
    boolean stolen = AmqpRefusal.isStolen(why);
    if (stolen && config.checkpoints() != null) {
      LOG.info("{}: another instance reads {}-{} now", config.name(), config.hub(), partition);
      return;
    }
    troubled(partition, config.hub() + "-" + partition + ": " + AmqpRefusal.of(why), why);
    if (stolen) {
      fell(partition, pace.rest().toMillis());
    }
  }

  private void fell(String partition, long restMillis) {
    AmqpOwnership shares = ownership;
    if (shares != null) {
      shares.fell(partition, restMillis);
    }
  }

  private void forget(AmqpPartition pump) {
    synchronized (pumps) {
      pumps.values().remove(pump);
    }
  }

  private void troubled(String where, String what, Throwable e) {
    boolean news;
    synchronized (troubles) {
      news = !what.equals(troubles.put(where, what));
    }
    look();
    if (news) {
      LOG.warn("{}: {} ({}); trying on", config.name(), what, Causes.of(e));
    }
  }

  private void settled(String where) {
    boolean none;
    synchronized (troubles) {
      none = troubles.remove(where) != null && troubles.isEmpty();
    }
    if (none) {
      LOG.info("{}: reads and writes again", config.name());
      look();
    }
  }

  private String trouble() {
    synchronized (troubles) {
      if (!troubles.isEmpty()) {
        return troubles.values().iterator().next();
      }
      return balanced ? "" : "event hub " + config.hub() + " has not answered yet";
    }
  }

  private static int number(String partition) {
    return Integer.parseInt(partition);
  }

  private final AmqpPartition.Surroundings surroundings =
      new AmqpPartition.Surroundings() {
        @Override
        public boolean pause() {
          return lifetime.pause(RETRY_MILLIS);
        }

        @Override
        public void committed(Lane lane) {
          committedAt = clock.millis();
        }

        @Override
        public void troubled(Lane lane, String what, KafkaException failure) {
          AmqpIngest.this.troubled(Integer.toString(lane.partition()), what, failure);
        }

        @Override
        public boolean isOurs(Lane lane) {
          AmqpOwnership shares = ownership;
          return shares != null
              && shares.isOurs(
                  config.namespace().toLowerCase(Locale.ROOT), // as Azure's client spells them
                  config.hub().toLowerCase(Locale.ROOT),
                  config.consumerGroup().toLowerCase(Locale.ROOT),
                  Integer.toString(lane.partition()));
        }
      };
}
