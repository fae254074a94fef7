package dev.lockstep.ingest.source;

import dev.lockstep.schemas.LastRecord;
import org.jspecify.annotations.Nullable;

/**
 * Range of the offsets that can be read in one source partition, with the topic's id and the first
 * record from an offset.
 */
public interface PartitionContent {
  /**
   * Range of the offsets that can be read in a partition.
   *
   * @param first offset, or sequence number, of the first record
   * @param behindLast offset after the last record
   */
  record Bounds(long first, long behindLast) {}

  /** Returns the first offset that can be read now, and the offset after the last record. */
  Bounds bounds();

  /**
   * Returns Kafka's topic id, or the time at which the event hub was created, or null if the source
   * has neither. Another text shows that the topic or event hub was created again.
   */
  @Nullable String topicId();

  /**
   * Returns whether a topic that is deleted and created again under the same name always gets
   * another topic id. Only then does an equal id prove that the topic was not replaced by another.
   */
  boolean idsAreUnique();

  /**
   * Returns offset, time and hash of the first record at or after an offset, or null if none comes
   * within some seconds.
   */
  @Nullable LastRecord firstFrom(long offset);
}
