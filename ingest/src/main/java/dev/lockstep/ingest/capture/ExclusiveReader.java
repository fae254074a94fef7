package dev.lockstep.ingest.capture;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/**
 * Lock on a source that only one instance may read at a time, by membership in a consumer group.
 * Instances are members of one consumer group on the topic of positions, which has one partition
 * and from which the group reads nothing. An instance that lost the right without noticing is
 * fenced by the next reader's transactional id.
 */
final class ExclusiveReader implements AutoCloseable {
  private final Consumer<byte[], byte[]> member;
  private boolean ours;

  /** Creates the lock, and joins the consumer group that decides which instance may read. */
  ExclusiveReader(Consumer<byte[], byte[]> member, String positionsTopic) {
    this.member = member;
    member.subscribe(
        List.of(positionsTopic),
        new ConsumerRebalanceListener() {
          @Override
          public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            member.pause(assigned);
            ours |= !assigned.isEmpty();
          }

          @Override
          public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            ours &= revoked.isEmpty();
          }
        });
  }

  /**
   * Returns whether this instance is the one that may read the folder of captures. It has to be
   * called once a minute or more often, otherwise another instance gets the right.
   *
   * @param timeout longest wait for a change of the group
   * @throws org.apache.kafka.common.errors.WakeupException once {@link #wakeup} was called
   */
  boolean isOurs(Duration timeout) {
    member.poll(timeout);
    return ours;
  }

  /**
   * Returns whether another instance has the right to read: this instance has joined the group and
   * was assigned no partition.
   */
  boolean isAnothers() {
    return !ours && member.groupMetadata().generationId() > 0;
  }

  /** Interrupts a call of {@link #isOurs} that is waiting; may be called by another thread. */
  void wakeup() {
    member.wakeup();
  }

  @Override
  public void close() {
    member.close();
  }
}
