package dev.lockstep.ingest.amqp;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubConsumerClient;
import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.azure.messaging.eventhubs.models.ReceiveOptions;
import dev.lockstep.ingest.cluster.SourcePositions;
import dev.lockstep.ingest.source.PartitionContent;
import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.schemas.LastRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Log of one partition of an event hub over AMQP: its first and next sequence number, and single
 * events.
 *
 * @param hub name of the hub, for messages
 */
record AmqpHub(EventHubConsumerClient client, String hub, String partition)
    implements AmqpPartition.Hub {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Override
  public PartitionContent.Bounds bounds() {
    PartitionProperties properties = client.getPartitionProperties(partition);
    long behindLast = properties.getLastEnqueuedSequenceNumber() + 1;
    return new PartitionContent.Bounds(
        properties.isEmpty() ? behindLast : properties.getBeginningSequenceNumber(), behindLast);
  }

  @Override
  public long firstAt(Instant time, PartitionContent.Bounds bounds) {
    PartitionProperties properties = client.getPartitionProperties(partition);
    boolean reached = !properties.isEmpty() && !properties.getLastEnqueuedTime().isBefore(time);
    if (!reached) {
      return bounds.behindLast();
    }
    for (PartitionEvent event :
        client.receiveFromPartition(
            partition, 1, EventPosition.fromEnqueuedTime(time.minusMillis(1)), TIMEOUT)) {
      return event.getData().getSequenceNumber();
    }
    throw new IllegalStateException(
        "could not find the first event of %s-%s at or after %s: the hub sent none in time"
            .formatted(hub, partition, time));
  }

  @Override
  public @Nullable String topicId() {
    return client.getEventHubProperties().getCreatedAt().toString();
  }

  /**
   * {@inheritDoc}
   *
   * <p>The read uses the event processor's owner level. Without it the hub would refuse a second
   * reader while the partition is being taken over.
   */
  @Override
  public @Nullable LastRecord firstFrom(long number) {
    for (PartitionEvent event :
        client.receiveFromPartition(
            partition,
            1,
            EventPosition.fromSequenceNumber(number, true),
            TIMEOUT,
            new ReceiveOptions().setOwnerLevel(0L))) {
      EventData data = event.getData();
      Instant at = data.getEnqueuedTime();
      return new LastRecord(
          data.getSequenceNumber(),
          at == null ? -1 : at.toEpochMilli(),
          Fingerprint.of(AmqpPartition.body(data)));
    }
    return null;
  }

  static Map<Integer, SourcePositions.Extent> extents(AmqpSourceConfig source) {
    Map<Integer, SourcePositions.Extent> extents = new TreeMap<>();
    try (EventHubConsumerClient client = new AmqpClients(source).hub()) {
      String hubId = client.getEventHubProperties().getCreatedAt().toString();
      for (String partition : client.getPartitionIds()) {
        PartitionContent.Bounds bounds = new AmqpHub(client, source.hub(), partition).bounds();
        extents.put(
            Integer.valueOf(partition),
            new SourcePositions.Extent(bounds.first(), bounds.behindLast(), hubId));
      }
      return extents;
    } catch (RuntimeException e) { // Azure's clients throw exceptions of any kind
      throw new KafkaException("event hub " + source.hub() + ": " + AmqpRefusal.of(e), e);
    }
  }
}
