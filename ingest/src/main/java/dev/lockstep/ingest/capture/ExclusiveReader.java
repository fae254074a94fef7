package dev.lockstep.ingest.capture;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/**
 * Membership by which one instance at a time owns the reading of a source. Instances are members of
 * one group in the target that shares out a topic of one partition, that of the positions; nothing
 * is read from it. An instance that has lost the ownership without knowing is fenced by the next
 * owner's transactional id.
 */
final class ExclusiveReader implements AutoCloseable {
  private final Consumer<byte[], byte[]> member;
  private boolean ours;

  /** Joins the group. */
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
   * Returns whether this instance is the owner. To be called every minute at least, or another
   * instance becomes the owner.
   *
   * @param timeout longest wait for a change of the group
   * @throws org.apache.kafka.common.errors.WakeupException once {@link #wakeup} was called
   */
  boolean isOurs(Duration timeout) {
    member.poll(timeout);
    return ours;
  }

  /** Returns whether another instance is the owner: this one has joined and was given nothing. */
  boolean isAnothers() {
    return !ours && member.groupMetadata().generationId() > 0;
  }

  /** Ends a waiting {@link #isOurs}; may be called by another thread. */
  void wakeup() {
    member.wakeup();
  }

  @Override
  public void close() {
    member.close();
  }
}
