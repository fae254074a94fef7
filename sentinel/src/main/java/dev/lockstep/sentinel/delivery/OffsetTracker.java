package dev.lockstep.sentinel.delivery;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Tracker of the offsets that are read and not yet delivered, for each partition. A partition may
 * be committed up to the first of these offsets.
 */
final class OffsetTracker {
  private final Map<TopicPartition, PartitionOffsets> byPartition = new HashMap<>();

  void begin(TopicPartition partition, long committed) {
    byPartition.computeIfAbsent(partition, any -> new PartitionOffsets(committed));
  }

  /**
   * Records that a record was read, and returns whether the partition's offsets have gone back.
   * They have if this offset is below one that was read or committed before. In that case the topic
   * was created again or truncated. Commits then continue from the lower offset. The record counts
   * as not delivered yet.
   *
   * @return whether the offsets of the partition have gone back
   */
  boolean read(TopicPartition partition, long offset) {
    PartitionOffsets tracked =
        byPartition.computeIfAbsent(partition, any -> new PartitionOffsets(offset));
    boolean isBack = offset >= 0 && offset < tracked.next;
    if (isBack) {
      tracked.next = offset;
      tracked.committed = offset;
    }
    tracked.outstanding.add(offset);
    tracked.next = Math.max(tracked.next, offset + 1);
    return isBack;
  }

  /** Records that the consumer has read or skipped every record of a partition before an offset. */
  void passed(TopicPartition partition, long next) {
    PartitionOffsets tracked =
        byPartition.computeIfAbsent(partition, any -> new PartitionOffsets(-1));
    tracked.next = Math.max(tracked.next, next);
  }

  void complete(TopicPartition partition, long offset) {
    PartitionOffsets tracked = byPartition.get(partition);
    if (tracked != null) {
      tracked.outstanding.remove(offset);
    }
  }

  boolean isOutstanding(TopicPartition partition, long offset) {
    PartitionOffsets tracked = byPartition.get(partition);
    return tracked != null && tracked.outstanding.contains(offset);
  }

  /** Drops the offsets of lost partitions, because their new owner reads them again. */
  void drop(Collection<TopicPartition> partitions) {
    byPartition.keySet().removeAll(partitions);
  }

  /**
   * Returns the offset to commit of each partition, with the quota state of the partition as its
   * metadata. A partition is absent if neither its offset nor its quota state has changed since the
   * last commit.
   */
  Map<TopicPartition, OffsetAndMetadata> committable(QuotaCounts quotaCounts) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    byPartition.forEach(
        (partition, tracked) -> {
          long safe = tracked.safe();
          boolean again =
              safe == tracked.committed && safe >= 0 && quotaCounts.isChanged(partition);
          if (safe > tracked.committed || again) {
            offsets.put(
                partition, new OffsetAndMetadata(safe, quotaCounts.metadata(partition, safe)));
          }
        });
    return offsets;
  }

  void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
    offsets.forEach(
        (partition, offset) -> {
          PartitionOffsets tracked = byPartition.get(partition);
          if (tracked != null) {
            tracked.committed = offset.offset();
          }
        });
  }

  /**
   * Offsets of one partition, from which the offset to commit is computed. They are the offsets of
   * records that were read and are not yet delivered, the next offset to read, and the offset that
   * was committed last.
   */
  private static final class PartitionOffsets {
    private final TreeSet<Long> outstanding = new TreeSet<>();
    private long next;
    private long committed;

    PartitionOffsets(long firstOffset) {
      this.next = firstOffset;
      this.committed = firstOffset;
    }

    /**
     * Returns the offset to commit, which is the offset of the first undelivered record, or else
     * the next offset to read. The next offset follows the last record that was read or skipped.
     * The result is never above the next offset, even if an earlier topic of that name was deleted
     * and has undelivered records.
     */
    long safe() {
      return outstanding.isEmpty() ? next : Math.min(next, outstanding.first());
    }
  }
}
