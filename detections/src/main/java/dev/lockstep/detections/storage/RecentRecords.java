package dev.lockstep.detections.storage;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cache of the records of recently used subjects, in front of a storage that is slow to read. For
 * one thread.
 *
 * <p>For each subject, the cache has all records before one key, and all from another key on. In
 * the gap between the two keys, records may be missing. The records are outside the heap, in two
 * tables. When the recent table is full, it becomes the earlier table. The subjects of the previous
 * earlier table are evicted.
 */
public final class RecentRecords {
  /**
   * Largest total size in bytes of a subject's cached records; a subject whose records would be
   * larger is not cached. Each change to a subject copies its cached records.
   */
  private static final int MOST_STRETCH = 1 << 14;

  private final long most;

  /**
   * Newer of the two tables of cached subjects, into which each subject comes when it is used. The
   * bytes of a subject are its {@link Gap} and then its stretch.
   */
  private SubjectTable recent = new SubjectTable();

  private SubjectTable earlier = new SubjectTable();
  private final Stretch stretch = new Stretch();

  /**
   * Subject whose latest writes are not in its cached records yet, or null if there is no such
   * subject.
   */
  private byte @Nullable [] changed;

  /**
   * Range of keys at which the cache may lack records of the subject in {@link #changed}. It is
   * null if the cache has no records of the subject.
   */
  private @Nullable Gap changedGap;

  /**
   * Creates an empty cache that takes at most about the given number of bytes.
   *
   * @param mostBytes largest size in bytes, which the cache may exceed by a few hundred kilobytes
   */
  public RecentRecords(long mostBytes) {
    this.most = mostBytes;
  }

  /**
   * Gap in a subject's cached records: a range of keys in which records may be missing. The gap
   * reaches from a first key to before a second. The cache has all records before the first key and
   * all from the second on.
   */
  private static final class Gap {
    private static final int KEYS_AT = 2;

    /** Largest total length of the two keys of a gap, in bytes. */
    private static final int MOST_BYTES = 16;

    /**
     * Encoded form of the two keys between which the cache has a gap. It is the length of the first
     * key, the length of the second key, the first key and the second key. Each length takes one
     * byte.
     */
    private final byte[] bytes;

    private Gap(byte[] bytes) {
      this.bytes = bytes;
    }

    static Gap of(byte[] headTo, byte[] from) {
      byte[] bytes = new byte[KEYS_AT + headTo.length + from.length];
      bytes[0] = (byte) headTo.length;
      bytes[1] = (byte) from.length;
      System.arraycopy(headTo, 0, bytes, KEYS_AT, headTo.length);
      System.arraycopy(from, 0, bytes, KEYS_AT + headTo.length, from.length);
      return new Gap(bytes);
    }

    static Gap at(byte[] begin) {
      return new Gap(Arrays.copyOf(begin, KEYS_AT + begin[0] + begin[1]));
    }

    boolean isHeadTo(byte[] key) {
      return Arrays.equals(bytes, KEYS_AT, fromAt(), key, 0, key.length);
    }

    int compareFrom(byte[] key) {
      return Arrays.compareUnsigned(bytes, fromAt(), bytes.length, key, 0, key.length);
    }

    boolean excludes(byte[] key) {
      return Arrays.compareUnsigned(key, 0, key.length, bytes, KEYS_AT, fromAt()) < 0
          || compareFrom(key) <= 0;
    }

    private int fromAt() {
      return KEYS_AT + bytes[0];
    }
  }

  /**
   * Returns a subject's cached records of two ranges of keys, or null if some are not cached. The
   * ranges are the keys before {@code headTo}, and those from {@code from} on. {@link
   * Stretch.Cursor} reads the result, which may have further records.
   */
  public byte @Nullable [] open(byte[] subject, byte[] headTo, byte[] from) {
    merge();
    Gap gap = gap(subject);
    if (gap == null || !gap.isHeadTo(headTo) || gap.compareFrom(from) > 0) {
      return null;
    }
    byte[] all = recent.read(subject, gap.bytes.length, Integer.MAX_VALUE);
    if (gap.compareFrom(from) < 0) {
      stretch.begin(Gap.of(headTo, from).bytes);
      for (Stretch.Cursor at = new Stretch.Cursor(all); at.isValid(); at.advance()) {
        if (at.compareKey(headTo) < 0 || at.compareKey(from) >= 0) {
          stretch.append(at.key(), at.value());
        }
      }
      recent.replace(subject, stretch.bytes(), stretch.length());
    }
    return all;
  }

  /**
   * Returns the gap in a subject's cached records: the range of keys in which records may be
   * missing. The result is null if the cache has no records of the subject. A subject found in the
   * table {@link #earlier} is moved to the table {@link #recent}.
   */
  private @Nullable Gap gap(byte[] subject) {
    byte[] begin = recent.read(subject, 0, Gap.KEYS_AT + Gap.MOST_BYTES);
    if (begin.length > 0) {
      return Gap.at(begin);
    }
    byte[] all = earlier.read(subject);
    if (all.length == 0) {
      return null;
    }
    earlier.replace(subject, all, 0);
    put(subject, all, all.length);
    return Gap.at(all);
  }

  /**
   * Replaces a subject's cached records by the given ones, or only removes them if the given ones
   * are too large. The given records are all records with keys before {@code headTo}, and all with
   * keys from {@code from} on.
   *
   * @param headTo end of the first given records, exclusive; a key of at most 8 bytes
   * @param from first key of the other given records, inclusive; a key of at most 8 bytes
   * @param all stretch of exactly these records
   */
  public void keep(byte[] subject, byte[] headTo, byte[] from, byte[] all) {
    merge();
    evict(subject);
    if (all.length <= MOST_STRETCH) {
      byte[] gap = Gap.of(headTo, from).bytes;
      byte[] whole = Arrays.copyOf(gap, gap.length + all.length);
      System.arraycopy(all, 0, whole, gap.length, all.length);
      put(subject, whole, whole.length);
    }
  }

  /**
   * Updates the cache when a record of a subject has a new value or, with the value null, is
   * deleted. Nothing changes if the cache has no records of the subject, or if the key lies in the
   * subject's {@link Gap}.
   */
  public void write(byte[] subject, byte[] key, byte @Nullable [] value) {
    if (changed == null || !Arrays.equals(changed, subject)) {
      merge();
      changed = subject;
      changedGap = gap(subject);
    }
    if (changedGap != null && changedGap.excludes(key)) {
      stretch.change(key, value);
    }
  }

  long used() {
    return recent.extent() + earlier.extent();
  }

  private void merge() {
    byte[] subject = changed;
    changed = null;
    if (subject == null || changedGap == null || !stretch.hasChanges()) {
      return;
    }
    stretch.merge(recent.read(subject), changedGap.bytes.length);
    if (stretch.length() > MOST_STRETCH) {
      evict(subject);
    } else {
      put(subject, stretch.bytes(), stretch.length());
    }
  }

  private void evict(byte[] subject) {
    recent.replace(subject, Stretch.NONE, 0);
    earlier.replace(subject, Stretch.NONE, 0);
  }

  private void put(byte[] subject, byte[] by, int length) {
    if (recent.extent() > most / 2) {
      SubjectTable evicted = earlier;
      evicted.clear();
      earlier = recent;
      recent = evicted;
    }
    recent.replace(subject, by, length);
  }
}
