package dev.lockstep.detections.storage;

import dev.lockstep.detections.encoding.RecordWords;
import org.jspecify.annotations.Nullable;

/**
 * Records that an engine keeps of subjects, as bytes. Not for use by several threads.
 *
 * <p>Subjects, of 1 to 65,535 bytes, are ordered by length, then as unsigned bytes; keys as
 * unsigned bytes.
 */
public interface StateRecords {
  /**
   * Hands out the records of a subject whose keys lie between two, in order; nothing may be written
   * meanwhile.
   *
   * @param from inclusive
   * @param to exclusive
   */
  void read(byte[] subject, byte[] from, byte[] to, Reader reader);

  /**
   * Writes a record of a subject.
   *
   * @param value null deletes it
   */
  void write(byte[] subject, byte[] key, byte @Nullable [] value);

  /**
   * Hands out records of all subjects in order, so many at most; nothing may be written meanwhile.
   * A record that is written between two parts of a walk may be left out.
   *
   * @param from position that an earlier walk returned; null: from the beginning
   * @return the position to go on from, or null at the end
   */
  byte @Nullable [] walk(byte @Nullable [] from, int most, Walker walker);

  /** Returns the dictionary of texts that repeat, or null: they are written out. */
  default @Nullable RecordWords words() {
    return null;
  }

  /** Reader of the records of a subject. */
  @FunctionalInterface
  interface Reader {
    /** Reads a record. */
    void read(byte[] key, byte[] value);
  }

  /** Reader of the records of all subjects. */
  @FunctionalInterface
  interface Walker {
    /** Reads a record. */
    void read(byte[] subject, byte[] key, byte[] value);
  }
}
