package dev.lockstep.ingest.source;

import dev.lockstep.schemas.LastRecord;
import org.jspecify.annotations.Nullable;

/** One source partition as the source shows it now. */
public interface SourceLog {
  /**
   * The records of a partition that can be read.
   *
   * @param first the offset, or sequence number, of the first record
   * @param behindLast the offset that the next record will have
   */
  record Bounds(long first, long behindLast) {}

  /** Returns the bounds of the records that can be read now. */
  Bounds bounds();

  /** Returns what tells the topic from others of its name, null where the source has nothing. */
  @Nullable String topicId();

  /** Returns whether no other topic ever has the same id, so that nothing else need be asked. */
  boolean idsAreUnique();

  /** Returns the first record at or after an offset, null where none comes within some seconds. */
  @Nullable LastRecord firstFrom(long offset);
}
