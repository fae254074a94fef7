package dev.lockstep.ingest;

import dev.lockstep.schemas.LastRecord;
import org.jspecify.annotations.Nullable;

/** One source partition as the source shows it now. */
interface SourceLog {
  /**
   * The records of a partition that can be read.
   *
   * @param first the offset, or sequence number, of the first record
   * @param behindLast the offset that the next record will have
   */
  record Bounds(long first, long behindLast) {}

  /** Returns the bounds of the records that can be read now. */
  Bounds bounds();

  /** Returns the id of the topic, null where the source has no ids. */
  @Nullable String topicId();

  /** Returns the first record at or after an offset, null where none comes within some seconds. */
  @Nullable LastRecord firstFrom(long offset);
}
