package dev.lockstep.ingest.amqp;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.ReceiveOptions;
import dev.lockstep.ingest.cluster.SourceBacklogs;
import dev.lockstep.ingest.source.PartitionContent;
import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.schemas.LastRecord;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Content of one partition of an event hub, queried over AMQP: its first sequence number, the
 * number of its next event, and single events.
 *
 * @param hub name of the hub, for messages
 */
record AmqpPartitionContent(HubQueries queries, String hub, String partition)
    implements AmqpPump.HubPartitionContent {
  /**
   * Owner level of the readers of single events, equal to the owner level of Azure's event
   * processor. The hub refuses a reader without an owner level while an event processor reads the
   * partition.
   */
  private static final long OWNER_LEVEL = 0;

  @Override
  public PartitionContent.Bounds bounds() {
    PartitionProperties properties = queries.partition(partition);
    long behindLast = properties.getLastEnqueuedSequenceNumber() + 1;
    return new PartitionContent.Bounds(
        properties.isEmpty() ? behindLast : properties.getBeginningSequenceNumber(), behindLast);
  }

  @Override
  public long firstAt(Instant time, PartitionContent.Bounds bounds) {
    PartitionProperties properties = queries.partition(partition);
    boolean reached = !properties.isEmpty() && !properties.getLastEnqueuedTime().isBefore(time);
    if (!reached) {
      return bounds.behindLast();
    }
    EventData event =
        queries.firstEvent(
            partition,
            EventPosition.fromEnqueuedTime(time.minusMillis(1)),
            new ReceiveOptions().setOwnerLevel(OWNER_LEVEL));
    if (event == null) {
      throw new IllegalStateException(
          "could not find the first event of %s-%s at or after %s: the hub sent no event within %d s; check the network and the state of the namespace"
              .formatted(hub, partition, time, HubQueries.EVENT_TIMEOUT.toSeconds()));
    }
    return event.getSequenceNumber();
  }

  @Override
  public @Nullable String topicId() {
    return queries.createdAt().toString();
  }

  @Override
  public @Nullable LastRecord firstFrom(long number) {
    EventData event =
        queries.firstEvent(
            partition,
            EventPosition.fromSequenceNumber(number, true),
            new ReceiveOptions().setOwnerLevel(OWNER_LEVEL));
    if (event == null) {
      return null;
    }
    Instant at = event.getEnqueuedTime();
    return new LastRecord(
        event.getSequenceNumber(),
        at == null ? -1 : at.toEpochMilli(),
        Fingerprint.of(AmqpPump.body(event)));
  }

  static Map<Integer, SourceBacklogs.Extent> extents(AmqpSourceConfig source) {
    Map<Integer, SourceBacklogs.Extent> extents = new TreeMap<>();
    try (HubQueries queries = new AmqpClients(source).hub()) {
      String hubId = queries.createdAt().toString();
      for (String partition : queries.partitionIds()) {
        PartitionContent.Bounds bounds =
            new AmqpPartitionContent(queries, source.hub(), partition).bounds();
        extents.put(
            Integer.valueOf(partition),
            new SourceBacklogs.Extent(bounds.first(), bounds.behindLast(), hubId));
      }
      return extents;
    } catch (RuntimeException e) { // Azure's clients throw exceptions of any kind
      throw new KafkaException("event hub " + source.hub() + ": " + AmqpRefusal.of(e), e);
    }
  }
}
