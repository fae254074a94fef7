package dev.lockstep.ingest.capture;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/**
 * Whose turn it is to read what only one instance reads at a time. Instances are members of one
 * group in the target that shares out a topic of one partition, that of the positions; nothing is
 * read from it. Whoever has lost the turn without knowing is fenced by the next one's transactional
 * id.
 */
final class Turn implements AutoCloseable {
  private final Consumer<byte[], byte[]> member;
  private boolean ours;

  /** Joins the group. */
  Turn(Consumer<byte[], byte[]> member, String positionsTopic) {
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
   * Returns if it is this instance's turn. To be asked every minute at least, or another one is
   * given it.
   *
   * @param patience how long news are waited for
   * @throws org.apache.kafka.common.errors.WakeupException once {@link #wakeup} was called
   */
  boolean isOurs(Duration patience) {
    member.poll(patience);
    return ours;
  }

  /** Returns if it is another instance's: this one has joined the group, and was given nothing. */
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
