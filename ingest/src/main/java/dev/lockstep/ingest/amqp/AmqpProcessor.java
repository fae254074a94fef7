package dev.lockstep.ingest.amqp;

import com.azure.messaging.eventhubs.EventProcessorClient;
import com.azure.messaging.eventhubs.LoadBalancingStrategy;
import com.azure.messaging.eventhubs.models.CloseContext;
import com.azure.messaging.eventhubs.models.ErrorContext;
import com.azure.messaging.eventhubs.models.EventBatchContext;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.InitializationContext;
import com.azure.messaging.eventhubs.models.PartitionContext;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.cluster.SourcePartition;
import dev.lockstep.ingest.source.ReadingLoop;
import dev.lockstep.ingest.source.SourceHealth;
import dev.lockstep.schemas.process.Causes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Azure's event processor for a hub, with an {@link AmqpPump} for each claimed partition. */
final class AmqpProcessor implements AmqpPump.Surroundings, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpProcessor.class);
  private static final int BATCH = 64;
  private static final int PREFETCH = 128;
  private static final Duration BATCH_TIMEOUT = Duration.ofMillis(500);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
  private static final long RETRY_MILLIS = 1_000;

  private final AmqpSourceConfig config;
  private final AmqpIngest.Pace pace;
  private final KafkaTarget target;
  private final HubQueries hub;
  private final AmqpPumps pumps;
  private final ReadingLoop loop;
  private final SourceHealth health;
  private final ForeignCheckpoints checkpoints;
  private final AmqpOwnership ownership;
  private final EventProcessorClient processor;
  private final List<Integer> siblings;
  private final Map<String, AmqpPump> opening = new ConcurrentHashMap<>();
  private volatile boolean balanced;
  private volatile boolean stopping;
  private volatile boolean answers = true;

  /**
   * Creates a processor that reads nothing until it is started.
   *
   * @param hub queries about partitions, which stay open after this processor is closed
   * @param pumps empty set that receives the pumps
   */
  AmqpProcessor(
      AmqpSourceConfig config,
      AmqpIngest.Pace pace,
      KafkaTarget target,
      AmqpClients azure,
      HubQueries hub,
      AmqpPumps pumps,
      ReadingLoop loop,
      SourceHealth health,
      InstantSource clock) {
    this.config = config;
    this.pace = pace;
    this.target = target;
    this.hub = hub;
    this.pumps = pumps;
    this.loop = loop;
    this.health = health;
    this.checkpoints = new ForeignCheckpoints(clock);
    this.siblings = hub.partitionIds().stream().map(Integer::valueOf).sorted().toList();
    this.ownership = new AmqpOwnership(azure.shared(), clock, new Watcher());
    this.processor =
        azure
            .processor()
            .checkpointStore(ownership)
            .loadBalancingStrategy(LoadBalancingStrategy.GREEDY)
            .loadBalancingUpdateInterval(pace.balance())
            .partitionOwnershipExpirationInterval(pace.expiry())
            .prefetchCount(PREFETCH)
            .trackLastEnqueuedEventProperties(true)
            .processPartitionInitialization(this::begin)
            .initialPartitionEventPosition(this::startOf)
            .processEventBatch(this::take, BATCH, BATCH_TIMEOUT)
            .processPartitionClose(this::lose)
            .processError(this::failed)
            .buildEventProcessorClient();
    ownership.iAm(processor.getIdentifier());
  }

  void start() {
    processor.start();
  }

  boolean isBalanced() {
    return balanced;
  }

  /** Records whether the hub answered a query. If it did not, no partition counts as idle. */
  void recordAnswered(boolean answered) {
    answers = answered;
  }

  /**
   * Returns whether partitions have been distributed and every claimed partition is open. This is
   * also true for an instance for which other instances have left no partition.
   */
  boolean hasOpenedClaims() {
    return balanced && ownership.claimed().stream().allMatch(pumps::isOpen);
  }

  @Override
  public void close() {
    stopping = true;
    try {
      processor.stop(STOP_TIMEOUT);
    } catch (RuntimeException e) {
      LOG.warn(
          "{}: Azure's client could not be stopped cleanly ({}); messages that are not committed"
              + " are read again",
          config.name(),
          Causes.of(e));
    }
    pumps.endAll();
  }

  /**
   * Observer of the ownership of partitions, which removes problems from the source health once
   * they have ended. A problem of the whole event hub ends once partitions are distributed. A
   * problem of a partition ends once another instance owns the partition.
   */
  private final class Watcher implements AmqpOwnership.Watcher {
    @Override
    public void balanced() {
      balanced = true;
      health.clear(SourceHealth.WHOLE);
    }

    @Override
    public void recordOtherOwner(String partition) {
      health.drop(partition);
      health.drop(writing(partition));
    }
  }

  /**
   * Creates a reader of a claimed partition, and does not open the reader yet. Azure's processor
   * asks for the start position afterwards, which opens the reader.
   */
  private void begin(InitializationContext begun) {
    PartitionContext context = begun.getPartitionContext();
    String partition = context.getPartitionId();
    opening.put(partition, pumps.begin(context, siblings, this));
    ownership.begun(partition);
  }

  private EventPosition startOf(String partition) {
    AmqpPump pump = Objects.requireNonNull(opening.remove(partition));
    try {
      EventPosition position =
          pump.open(new AmqpPartitionContent(hub, config.hub(), partition), config.from());
      health.clear(partition); // a write may still be refused
      return position;
    } catch (KafkaException e) {
      end(pump);
      health.reportWithCauses(
          partition, "could not open the writer of " + pump.partition() + " in the target", e);
      throw new ReportedException(e);
    } catch (AmqpPump.ClosedException e) {
      end(pump);
      throw e;
    } catch (RuntimeException e) {
      end(pump);
      health.report(
          partition,
          e instanceof IllegalStateException
              ? String.valueOf(e.getMessage())
              : pump.partition() + ": " + AmqpRefusal.of(e),
          e);
      throw new ReportedException(e);
    }
  }

  private void end(AmqpPump pump) {
    pumps.end(pump);
    ownership.recordLost(Integer.toString(pump.partition().partition()), 0);
  }

  /**
   * Returns the name under which source health records that a partition could not be written to the
   * target. A successful write ends that problem. Problems of the hub and of opening a partition
   * have the partition's number as their name.
   */
  private static String writing(String partition) {
    return partition + " writing";
  }

  /**
   * Failure that is already logged, thrown through Azure's client to end this instance's claim of
   * the partition.
   */
  private static final class ReportedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ReportedException(RuntimeException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private void take(EventBatchContext batch) {
    AmqpPump pump = pumps.of(batch.getPartitionContext());
    if (pump == null) {
      throw new AmqpPump.ClosedException(
          config.hub(), batch.getPartitionContext().getPartitionId());
    }
    String partition = batch.getPartitionContext().getPartitionId();
    if (pump.take(batch.getEvents())) {
      health.clear(writing(partition));
    }
    if (batch.getLastEnqueuedEventProperties() != null) {
      Long last = batch.getLastEnqueuedEventProperties().getSequenceNumber();
      if (last != null) {
        pump.observeEnd(last);
      }
    }
    health.clear(partition);
    if (config.checkpoints() != null) {
      checkpoints.written(batch, pump.partition(), ownership);
    }
  }

  private void lose(CloseContext lost) {
    AmqpPump pump = pumps.of(lost.getPartitionContext());
    if (pump != null) {
      pumps.end(pump);
      if (!stopping) { // otherwise the processor releases the partition itself
        ownership.recordLost(lost.getPartitionContext().getPartitionId(), 0);
      }
      LOG.info("{}: this instance has stopped reading {}", config.name(), pump.partition());
    }
  }

  private void failed(ErrorContext error) {
    String partition = error.getPartitionContext().getPartitionId();
    Throwable why = error.getThrowable();
    if (loop.isOver()
        || Causes.find(why, ReportedException.class) != null
        || Causes.find(why, AmqpPump.ClosedException.class) != null) {
      return;
    }
    boolean ended = pumps.of(error.getPartitionContext()) == null;
    boolean stolen = AmqpRefusal.isStolen(why);
    if (Causes.find(why, RejectedExecutionException.class) != null || (ended && stolen)) {
      // Azure's client or a newer claim of this instance has ended the claim.
      LOG.info(
          "{}: a claim of {}-{} has ended; this instance claims the partition again",
          config.name(),
          config.hub(),
          partition);
      return;
    }
    if (ended) {
      health.report(
          SourceHealth.WHOLE, "event hub " + config.hub() + ": " + AmqpRefusal.of(why), why);
      return;
    }
    if (stolen && config.checkpoints() != null) {
      LOG.info("{}: another reader has taken {}-{}", config.name(), config.hub(), partition);
      return;
    }
    health.report(partition, config.hub() + "-" + partition + ": " + AmqpRefusal.of(why), why);
    if (stolen) {
      ownership.recordLost(partition, pace.rest().toMillis());
    }
  }

  @Override
  public boolean pause() {
    return loop.pause(RETRY_MILLIS);
  }

  @Override
  public void refused(SourcePartition partition, KafkaException failure) {
    String about = writing(Integer.toString(partition.partition()));
    health.reportRefusedWrite(about, partition.toString(), target.fix(failure), failure);
  }

  @Override
  public boolean isOurs(SourcePartition partition) {
    return ownership.isOurs(
        config.namespace().toLowerCase(Locale.ROOT), // as Azure's client spells them
        config.hub().toLowerCase(Locale.ROOT),
        config.consumerGroup().toLowerCase(Locale.ROOT),
        Integer.toString(partition.partition()));
  }

  @Override
  public boolean answers() {
    return answers;
  }
}
