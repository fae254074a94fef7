package dev.lockstep.ingest;

import com.azure.messaging.eventhubs.models.PartitionContext;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pumps of a hub's partitions by what Azure's processor knows them by, which is new each time a
 * partition is claimed. Safe for use by several threads.
 */
final class AmqpPumps {
  private final IdentityHashMap<PartitionContext, AmqpPartition> pumps = new IdentityHashMap<>();

  List<AmqpPartition> all() {
    synchronized (pumps) {
      return List.copyOf(pumps.values());
    }
  }

  @Nullable AmqpPartition of(PartitionContext context) {
    synchronized (pumps) {
      return pumps.get(context);
    }
  }

  /** Takes a pump in, and closes the one that its partition had before. */
  void begin(PartitionContext context, AmqpPartition pump) {
    AmqpPartition older;
    synchronized (pumps) {
      older =
          pumps.values().stream()
              .filter(each -> each.lane().equals(pump.lane()))
              .findAny()
              .orElse(null);
      pumps.values().remove(older);
      pumps.put(context, pump);
    }
    if (older != null) {
      older.close();
    }
  }

  /** Closes a pump and lets it go. */
  void end(AmqpPartition pump) {
    pump.close();
    synchronized (pumps) {
      pumps.values().remove(pump);
    }
  }

  void endAll() {
    all().forEach(this::end);
  }
}
