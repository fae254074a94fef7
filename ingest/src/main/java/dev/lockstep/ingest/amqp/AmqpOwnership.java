package dev.lockstep.ingest.amqp;

import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.PartitionOwnership;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Store of partition ownership for Azure's event processor: the instance that owns each partition
 * of an event hub.
 *
 * <p>The ownership only distributes partitions. Positions are in the target cluster, so this class
 * returns no checkpoint, and only passes written checkpoints on to the blob store. Without a blob
 * store there is only this instance. A partition that this instance owns and no longer reads is
 * shown as free, because the processor would otherwise wait until the ownership expires.
 */
final class AmqpOwnership implements CheckpointStore {
  private static final long BEGIN_MILLIS = 3_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final @Nullable CheckpointStore shared;
  private final InstantSource clock;
  private final Watcher watcher;

  /**
   * Partitions that this instance lost, each with the time from which this instance's event
   * processor may claim the partition again. The times are in milliseconds since 1970.
   */
  private final Map<String, Long> lost = new ConcurrentHashMap<>();

  private final Map<String, PartitionOwnership> own = new ConcurrentHashMap<>();
  private final Set<String> claimed = ConcurrentHashMap.newKeySet();
  private volatile String us = "";
  private long claims;

  /** Observer of the distribution of partitions among instances. */
  interface Watcher {
    /** Records that the event processor has distributed the partitions among instances. */
    void balanced();

    /** Records that another instance owns a partition. */
    void recordOtherOwner(String partition);
  }

  AmqpOwnership(@Nullable CheckpointStore shared, InstantSource clock, Watcher watcher) {
    this.shared = shared;
    this.clock = clock;
    this.watcher = watcher;
  }

  void iAm(String identifier) {
    us = identifier;
  }

  void begun(String partition) {
    lost.remove(partition);
  }

  /**
   * Returns the partitions that this instance has claimed and that belong to no other instance, as
   * far as it knows. It may not have opened all of them.
   */
  Set<String> claimed() {
    return Set.copyOf(claimed);
  }

  /**
   * Records that this instance lost a partition, and that its event processor may claim the
   * partition again after {@code restMillis} milliseconds.
   */
  void recordLost(String partition, long restMillis) {
    lost.merge(partition, clock.millis() + restMillis, Math::max);
  }

  boolean isOurs(String namespace, String hub, String group, String partition) {
    List<PartitionOwnership> all = stored(namespace, hub, group).collectList().block(TIMEOUT);
    return all != null
        && all.stream()
            .anyMatch(
                each -> each.getPartitionId().equals(partition) && us.equals(each.getOwnerId()));
  }

  private Flux<PartitionOwnership> stored(String namespace, String hub, String group) {
    return shared == null
        ? Flux.defer(() -> Flux.fromStream(own.values().stream().map(AmqpOwnership::copy)))
        : shared.listOwnership(namespace, hub, group);
  }

  @Override
  public Flux<PartitionOwnership> listOwnership(String namespace, String hub, String group) {
    return stored(namespace, hub, group).doOnNext(this::look).map(this::freed);
  }

  private void look(PartitionOwnership ownership) {
    String owner = ownership.getOwnerId();
    if (owner != null && !owner.isEmpty() && !owner.equals(us)) {
      claimed.remove(ownership.getPartitionId());
      watcher.recordOtherOwner(ownership.getPartitionId());
    }
  }

  private PartitionOwnership freed(PartitionOwnership ownership) {
    Long from = lost.get(ownership.getPartitionId());
    if (from != null && from <= clock.millis() && us.equals(ownership.getOwnerId())) {
      ownership.setOwnerId("");
    }
    return ownership;
  }

  @Override
  public Flux<PartitionOwnership> claimOwnership(List<PartitionOwnership> wanted) {
    wanted.forEach(each -> claimed.add(each.getPartitionId()));
    watcher.balanced();
    for (PartitionOwnership each : wanted) {
      // The pump that lost the partition may still be ending, and until it has ended the processor
      // starts no other: show the partition as free somewhat later.
      lost.computeIfPresent(
          each.getPartitionId(), (id, from) -> Math.max(from, clock.millis() + BEGIN_MILLIS));
    }
    return shared == null
        ? Flux.fromStream(() -> wanted.stream().map(this::claimed))
        : shared.claimOwnership(wanted);
  }

  private synchronized PartitionOwnership claimed(PartitionOwnership wanted) {
    wanted.setLastModifiedTime(clock.millis());
    wanted.setETag(Long.toString(++claims));
    own.put(wanted.getPartitionId(), copy(wanted));
    return wanted;
  }

  private static PartitionOwnership copy(PartitionOwnership ownership) {
    return new PartitionOwnership()
        .setFullyQualifiedNamespace(ownership.getFullyQualifiedNamespace())
        .setEventHubName(ownership.getEventHubName())
        .setConsumerGroup(ownership.getConsumerGroup())
        .setPartitionId(ownership.getPartitionId())
        .setOwnerId(ownership.getOwnerId())
        .setLastModifiedTime(ownership.getLastModifiedTime())
        .setETag(ownership.getETag());
  }

  /**
   * Returns an empty stream, because Lockstep does not read from checkpoints. The answer comes on a
   * thread that may block, because the processor then opens the partition on that thread.
   */
  @Override
  public Flux<Checkpoint> listCheckpoints(String namespace, String hub, String group) {
    return Flux.<Checkpoint>empty().publishOn(Schedulers.boundedElastic());
  }

  @Override
  public Mono<Void> updateCheckpoint(Checkpoint checkpoint) {
    return shared == null ? Mono.empty() : shared.updateCheckpoint(checkpoint);
  }
}
