package dev.lockstep.ingest.amqp;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.EventHubProperties;
import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.azure.messaging.eventhubs.models.ReceiveOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Client that asks an event hub for its partitions, their bounds and single events. Each query has
 * a time limit, because Azure's client waits forever for an answer that is lost.
 *
 * <p>Every method throws a {@link RuntimeException} if the hub refuses. If the hub does not answer
 * in time, {@link #firstEvent} returns null. The other methods then send their query once more, and
 * throw an exception with a {@link TimeoutException} as its cause if that gets no answer either.
 */
final class HubQueries implements AutoCloseable {
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
  static final Duration EVENT_TIMEOUT = Duration.ofSeconds(10);
  private static final Retry ONCE_MORE =
      Retry.max(1)
          .filter(TimeoutException.class::isInstance)
          .onRetryExhaustedThrow((retry, last) -> last.failure());

  private final EventHubConsumerAsyncClient client;

  HubQueries(EventHubConsumerAsyncClient client) {
    this.client = client;
  }

  private static <T> T answer(Mono<T> query) {
    return Objects.requireNonNull(query.timeout(ANSWER_TIMEOUT).retryWhen(ONCE_MORE).block());
  }

  Instant createdAt() {
    return answer(client.getEventHubProperties().map(EventHubProperties::getCreatedAt));
  }

  List<String> partitionIds() {
    return answer(client.getPartitionIds().collectList());
  }

  PartitionProperties partition(String partition) {
    return answer(client.getPartitionProperties(partition));
  }

  /** Returns the first event from a position on, or null if none arrives within ten seconds. */
  @Nullable EventData firstEvent(String partition, EventPosition from, ReceiveOptions options) {
    return client
        .receiveFromPartition(partition, from, options)
        .next()
        .map(PartitionEvent::getData)
        .timeout(EVENT_TIMEOUT, Mono.empty())
        .block();
  }

  @Override
  public void close() {
    client.close();
  }
}
