package dev.lockstep.ingest.amqp;

import com.azure.messaging.eventhubs.models.PartitionContext;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.cluster.PartitionWriter;
import dev.lockstep.ingest.cluster.SourcePartition;
import dev.lockstep.ingest.cluster.TargetClients;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import java.time.InstantSource;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Table that finds the pump of a hub's partition by the partition context of Azure's event
 * processor. Each claim of a partition has a new context. Safe for use by several threads.
 */
final class AmqpPumps {
  private final AmqpSourceConfig config;
  private final KafkaTarget target;
  private final TargetClients clients;
  private final Limits limits;
  private final Supplier<RawFieldPlan> raw;
  private final IngestCounts counts;
  private final InstantSource clock;
  private final IdentityHashMap<PartitionContext, AmqpPump> pumps = new IdentityHashMap<>();

  AmqpPumps(
      AmqpSourceConfig config,
      KafkaTarget target,
      TargetClients clients,
      Limits limits,
      Supplier<RawFieldPlan> raw,
      IngestCounts counts,
      InstantSource clock) {
    this.config = config;
    this.target = target;
    this.clients = clients;
    this.limits = limits;
    this.raw = raw;
    this.counts = counts;
    this.clock = clock;
  }

  private SourcePartition partition(String partition) {
    return new SourcePartition(config.name(), config.hub(), Integer.parseInt(partition), true);
  }

  /**
   * Returns a new writer of a partition. It has its own message reader, because each partition has
   * a thread.
   */
  PartitionWriter writer(String partition) {
    return new PartitionWriter(
        partition(partition), target, clients, new MessageReader(limits, raw), clock);
  }

  List<AmqpPump> all() {
    synchronized (pumps) {
      return List.copyOf(pumps.values());
    }
  }

  boolean isOpen(String partition) {
    int number = Integer.parseInt(partition);
    return all().stream().anyMatch(pump -> pump.partition().partition() == number && pump.isOpen());
  }

  @Nullable AmqpPump of(PartitionContext context) {
    synchronized (pumps) {
      return pumps.get(context);
    }
  }

  AmqpPump begin(PartitionContext context, List<Integer> siblings, AmqpPump.Surroundings around) {
    String partition = context.getPartitionId();
    AmqpPump pump =
        new AmqpPump(partition(partition), writer(partition), counts, siblings, around, clock);
    AmqpPump older;
    synchronized (pumps) {
      older =
          pumps.values().stream()
              .filter(each -> each.partition().equals(pump.partition()))
              .findAny()
              .orElse(null);
      pumps.values().remove(older);
      pumps.put(context, pump);
    }
    if (older != null) {
      older.close();
    }
    return pump;
  }

  void end(AmqpPump pump) {
    pump.close();
    synchronized (pumps) {
      pumps.values().remove(pump);
    }
  }

  void endAll() {
    all().forEach(this::end);
  }
}
