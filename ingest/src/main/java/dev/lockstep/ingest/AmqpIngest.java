package dev.lockstep.ingest;

import com.azure.messaging.eventhubs.EventHubConsumerClient;
import com.azure.messaging.eventhubs.EventProcessorClient;
import com.azure.messaging.eventhubs.LoadBalancingStrategy;
import com.azure.messaging.eventhubs.models.CloseContext;
import com.azure.messaging.eventhubs.models.ErrorContext;
import com.azure.messaging.eventhubs.models.EventBatchContext;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.InitializationContext;
import com.azure.messaging.eventhubs.models.PartitionContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
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
  private static final int BATCH = 64;
  private static final int PREFETCH = 128;
  private static final Duration BATCH_PATIENCE = Duration.ofMillis(500);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
  private static final long LOOK_MILLIS = 500;
  private static final long RETRY_MILLIS = 1_000;

  private final AmqpSourceConfig config;
  private final Pace pace;
  private final KafkaTarget target;
  private final TargetClients clients;
  private final AmqpClients azure;
  private final Limits limits;
  private final IngestCounts counts;
  private final InstantSource clock;

  private final Lifetime lifetime;
  private final Troubles troubles;
  private final AmqpCheckpoints checkpoints;
  private final AmqpPumps pumps = new AmqpPumps();
  private final Map<String, AmqpPartition> opening = new ConcurrentHashMap<>();
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
    this.troubles = new Troubles(source.name());
    this.checkpoints = new AmqpCheckpoints(clock);
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
    for (AmqpPartition pump : pumps.all()) {
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
    writer.move(AmqpPartition.first(of, from, of.bounds()), "sequence number", "events");
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
      troubled(Troubles.WHOLE, "event hub " + config.hub() + ": " + AmqpRefusal.of(e), e);
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
    pumps.endAll();
    balanced = false;
  }

  private void balanced() {
    balanced = true;
    settled(Troubles.WHOLE);
    look();
  }

  /** Once every partition at hand has said how far it is, the source need not be waited for. */
  private void takeBackAnnouncement() {
    if (announced && balanced && pumps.all().stream().allMatch(AmqpPartition::isOpen)) {
      try {
        announcement().say(true);
        announced = false;
      } catch (KafkaException e) {
        troubled(Troubles.WHOLE, "the target cannot be written to", e);
      }
    }
  }

  private void look() {
    List<AmqpPartition> all = pumps.all();
    int open = (int) all.stream().filter(AmqpPartition::isOpen).count();
    String trouble = troubles.first();
    if (trouble.isEmpty() && !balanced) {
      trouble = "event hub " + config.hub() + " has not answered yet";
    }
    status = new Status(all.size(), open, committedAt, trouble);
  }

  /** The processor has claimed a partition, and asks next where to begin. */
  private void begin(InitializationContext begun) {
    PartitionContext context = begun.getPartitionContext();
    Lane lane = lane(context.getPartitionId());
    AmqpPartition pump = new AmqpPartition(lane, writer(lane), counts, siblings, surroundings);
    pumps.begin(context, pump);
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
      pumps.end(pump);
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
    AmqpPartition pump = pumps.of(batch.getPartitionContext());
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
    AmqpOwnership shares = ownership;
    if (shares != null && config.checkpoints() != null) {
      checkpoints.written(batch, pump.lane(), shares);
    }
  }

  private void lose(CloseContext lost) {
    AmqpPartition pump = pumps.of(lost.getPartitionContext());
    if (pump != null) {
      pumps.end(pump);
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
    if (pumps.of(error.getPartitionContext()) == null) {
      troubled(Troubles.WHOLE, "event hub " + config.hub() + ": " + AmqpRefusal.of(why), why);
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

  private void troubled(String about, String what, Throwable e) {
    troubles.note(about, what, e);
    look();
  }

  private void settled(String about) {
    if (troubles.settle(about)) {
      look();
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
