package dev.lockstep.ingest.amqp;

import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.EventBatchContext;
import com.azure.messaging.eventhubs.models.PartitionContext;
import dev.lockstep.ingest.cluster.SourcePartition;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writer of the checkpoints of an event hub's partitions to the blob container, for tools other
 * than Lockstep. It writes at most one checkpoint of a partition in 10 seconds. Lockstep never
 * reads checkpoints.
 */
final class ForeignCheckpoints {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignCheckpoints.class);
  private static final long PAUSE_MILLIS = 10_000;

  private final InstantSource clock;
  private final Map<SourcePartition, Long> writtenAt = new ConcurrentHashMap<>();

  ForeignCheckpoints(InstantSource clock) {
    this.clock = clock;
  }

  void written(EventBatchContext batch, SourcePartition partition, CheckpointStore to) {
    int events = batch.getEvents().size();
    long now = clock.millis();
    if (events == 0 || now - writtenAt.getOrDefault(partition, 0L) < PAUSE_MILLIS) {
      return;
    }
    writtenAt.put(partition, now);
    PartitionContext context = batch.getPartitionContext();
    var last = batch.getEvents().get(events - 1);
    to.updateCheckpoint(
            new Checkpoint()
                .setFullyQualifiedNamespace(context.getFullyQualifiedNamespace())
                .setEventHubName(context.getEventHubName())
                .setConsumerGroup(context.getConsumerGroup())
                .setPartitionId(context.getPartitionId())
                .setSequenceNumber(last.getSequenceNumber())
                .setOffsetString(last.getOffsetString()))
        .subscribe(
            done -> {},
            e ->
                LOG.debug(
                    "{}: could not write the checkpoint of {} to the blob container; other tools see an older checkpoint until the next one is written; Lockstep itself never reads checkpoints",
                    partition.source(),
                    partition,
                    e));
  }
}
