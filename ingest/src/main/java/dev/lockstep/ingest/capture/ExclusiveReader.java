package dev.lockstep.ingest.capture;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/**
 * Lock that lets only one instance at a time read a source. All instances are members of one
 * consumer group on the topic of positions, which has one partition. The member with the partition
 * has the right to read the source. The group reads nothing from the topic. An instance that lost
 * the right without noticing is fenced by the transactional id of the next reader.
 */
final class ExclusiveReader implements AutoCloseable {
  private final Consumer<byte[], byte[]> member;
  private boolean ours;

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
   * Polls the group, and returns whether this instance may read the source. Another instance gets
   * the right if this method is not called within the consumer's {@code max.poll.interval.ms},
   * which is 5 minutes by default.
   *
   * @param timeout longest wait for a change of the group
   * @throws org.apache.kafka.common.errors.WakeupException once {@link #wakeup} was called
   */
  boolean acquire(Duration timeout) {
    member.poll(timeout);
    return ours;
  }

  /**
   * Returns whether another instance has the right to read. This instance has then joined the group
   * and was assigned no partition.
   */
  boolean isAnothers() {
    return !ours && member.groupMetadata().generationId() > 0;
  }

  /**
   * Interrupts {@link #acquire}: its waiting call, or else its next call, throws a {@code
   * WakeupException}. Another thread may call it.
   */
  void wakeup() {
    member.wakeup();
  }

  @Override
  public void close() {
    member.close();
  }
}
