package dev.lockstep.detections.storage;

import dev.lockstep.detections.encoding.StateDictionary;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Store of state records, each with its subject, key and value as bytes. Not safe for use by
 * several threads.
 *
 * <p>A subject has 1 to 65,535 bytes. Subjects are ordered by length, then by their unsigned bytes.
 * Keys are ordered by their unsigned bytes alone.
 */
public interface StateRecords {
  /**
   * Passes a subject's records with keys in a range to a reader, in the order of the keys. Nothing
   * may be written meanwhile.
   *
   * @param from first key, inclusive
   * @param to end of the range, exclusive
   */
  void read(byte[] subject, byte[] from, byte[] to, Reader reader);

  /**
   * Passes a limited number of a subject's records in a range to a reader, and returns the key of
   * the next record. At most {@code most} records are passed, in order. The result is null if none
   * is left in the range. Nothing may be written meanwhile.
   *
   * @param from first key, inclusive
   * @param to end of the range, exclusive
   * @param most largest number of records that are passed
   * @return key of the next record in the range, or null if all were passed
   */
  default byte @Nullable [] read(byte[] subject, byte[] from, byte[] to, int most, Reader reader) {
    AtomicReference<byte @Nullable []> next = new AtomicReference<>();
    AtomicInteger passed = new AtomicInteger();
    read(
        subject,
        from,
        to,
        (key, value) -> {
          if (passed.getAndIncrement() < most) {
            reader.read(key, value);
          } else if (next.get() == null) {
            next.set(key.clone());
          }
        });
    return next.get();
  }

  /**
   * Returns the records of a subject in two ranges of keys, as the bytes of a {@link Stretch}. The
   * first range has the keys before {@code headTo}. The second reaches from {@code from} to before
   * {@code to}. The bytes may have further records of the subject. Later writes do not change them.
   * The records of subjects that are opened often may be in memory.
   *
   * @param headTo end of the first range, exclusive
   * @param from start of the second range, inclusive
   * @param to end of the second range, exclusive; all keys of a subject lie before it
   */
  default byte[] open(byte[] subject, byte[] headTo, byte[] from, byte[] to) {
    Stretch all = new Stretch();
    read(subject, Stretch.NONE, headTo, all::append);
    read(subject, from, to, all::append);
    return all.copy();
  }

  /** Returns the value of a record of a subject, or null if there is none. */
  default byte @Nullable [] read(byte[] subject, byte[] key) {
    AtomicReference<byte @Nullable []> found = new AtomicReference<>();
    read(subject, key, Arrays.copyOf(key, key.length + 1), (at, value) -> found.set(value.clone()));
    return found.get();
  }

  /** Writes a record of a subject, or deletes it if the value is null. */
  void write(byte[] subject, byte[] key, byte @Nullable [] value);

  /**
   * Passes records of all subjects to a walker, in order, and returns the position of the next
   * record, or null at the end. It passes at most {@code most} records, from a position on. Nothing
   * may be written meanwhile. A record that is written between two parts of a walk may be left out.
   *
   * @param from position that an earlier walk returned; null for the beginning
   * @return the position to continue from, or null at the end
   */
  byte @Nullable [] walk(byte @Nullable [] from, int most, Walker walker);

  /** Returns the dictionary of repeated texts, or null if records contain such texts in full. */
  default @Nullable StateDictionary dictionary() {
    return null;
  }

  /**
   * Returns the layouts of the facts in these records, or null if the present rules have the same
   * layouts. That is so if the records are not older than the rules that read them. Every call may
   * read the layouts anew.
   */
  default @Nullable LayoutNumbers layouts() {
    return null;
  }

  /** Receiver of the state records of one subject, one after the other. */
  @FunctionalInterface
  interface Reader {
    /** Receives a state record of the subject by its key and value. */
    void read(byte[] key, byte[] value);
  }

  /** Receiver of the state records of all subjects, one after the other. */
  @FunctionalInterface
  interface Walker {
    /** Receives a state record by its subject, key and value. */
    void read(byte[] subject, byte[] key, byte[] value);
  }
}
