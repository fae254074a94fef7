package dev.lockstep.detections.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sequence of bytes that holds the records of one subject in the order of their keys, and into
 * which changes can be merged. Each record is the length of the key, the key, the length of the
 * value, and the value. For one thread.
 */
public final class Stretch {
  static final byte[] NONE = {};

  private static final Comparator<Change> BY_KEY =
      (one, other) -> Arrays.compareUnsigned(one.key, other.key);

  private final List<Change> changes = new ArrayList<>();
  private byte[] bytes = new byte[1024];
  private int length;

  /**
   * Change of one record, not yet applied to the encoded records. A null value deletes the record.
   */
  private static final class Change {
    private final byte[] key;
    private final byte @Nullable [] value;

    Change(byte[] key, byte @Nullable [] value) {
      this.key = key;
      this.value = value;
    }
  }

  /**
   * Returns the array, of which the first {@link #length} bytes are in use. They begin with the
   * bytes given to {@link #begin}, or copied by the last merge. The records follow.
   */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /**
   * Removes all records from this object, and puts the given bytes at its beginning. These bytes
   * are no record; the next records are appended behind them.
   */
  void begin(byte[] head) {
    length = 0;
    append(head, 0, head.length);
  }

  /** Appends a record, whose key must be larger than the keys of all records before it. */
  void append(byte[] key, byte[] value) {
    appendWithLength(key);
    appendWithLength(value);
  }

  boolean hasChanges() {
    return !changes.isEmpty();
  }

  /**
   * Collects a change of one record, which the next call of {@link #merge} applies. A null value
   * deletes the record.
   */
  void change(byte[] key, byte @Nullable [] value) {
    changes.add(new Change(key, value));
  }

  /**
   * Replaces the contents of this object by a copy of the given encoded records, and makes the
   * collected changes in that copy. These are the changes that {@link #change} has collected since
   * the last merge.
   *
   * @param before encoded records of a subject, behind bytes that are no records
   * @param first where the first record begins; the bytes before it are copied
   */
  void merge(byte[] before, int first) {
    changes.sort(BY_KEY);
    length = 0;
    append(before, 0, first);
    Cursor at = new Cursor(before, first);
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      if (i + 1 < changes.size() && Arrays.equals(change.key, changes.get(i + 1).key)) {
        continue; // the record is written again later
      }
      int kept = at.record;
      while (at.isValid() && at.compareKey(change.key) < 0) {
        at.advance();
      }
      append(before, kept, at.record - kept);
      if (at.isValid() && at.compareKey(change.key) == 0) {
        at.advance();
      }
      if (change.value != null) {
        append(change.key, change.value);
      }
    }
    append(before, at.record, before.length - at.record);
    changes.clear();
  }

  private void appendWithLength(byte[] part) {
    ensure(5);
    int rest = part.length;
    while (rest > 0x7F) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    append(part, 0, part.length);
  }

  private void append(byte[] from, int at, int count) {
    ensure(count);
    System.arraycopy(from, at, bytes, length, count);
    length += count;
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }

  byte[] copy() {
    return length == 0 ? NONE : Arrays.copyOf(bytes, length);
  }

  /** Cursor over the encoded records of one subject in an array of bytes. */
  public static final class Cursor {
    private final byte[] all;
    private int record;
    private int keyAt;
    private int keyEnd;
    private int valueAt;
    private int end;

    /** Creates a cursor over the encoded records of one subject, at the first of them. */
    public Cursor(byte[] all) {
      this(all, 0);
    }

    /**
     * Creates a cursor over the encoded records of one subject, at the record that begins at an
     * index.
     *
     * @param record where the record begins, as {@link #record} tells
     */
    public Cursor(byte[] all, int record) {
      this.all = all;
      this.record = record;
      enter();
    }

    /**
     * Returns the index in this cursor's array of bytes at which the current state record begins.
     */
    public int record() {
      return record;
    }

    /**
     * Returns the index in this cursor's array of bytes at which the key of the current state
     * record begins.
     */
    public int keyAt() {
      return keyAt;
    }

    /**
     * Returns the index in this cursor's array of bytes at which the value of the current state
     * record begins.
     */
    public int valueAt() {
      return valueAt;
    }

    /**
     * Returns the index in this cursor's array of bytes that follows the last byte of the current
     * state record. A record ends with its value.
     */
    public int end() {
      return end;
    }

    /** Returns whether the cursor is at a record, not behind the last one. */
    public boolean isValid() {
      return record < all.length;
    }

    /** Moves the cursor to the next record. */
    public void advance() {
      record = end;
      enter();
    }

    int compareKey(byte[] key) {
      return Arrays.compareUnsigned(all, keyAt, keyEnd, key, 0, key.length);
    }

    /** Returns a copy of the key of the current state record. */
    public byte[] key() {
      return Arrays.copyOfRange(all, keyAt, keyEnd);
    }

    /** Returns a copy of the value of the current state record. */
    public byte[] value() {
      return Arrays.copyOfRange(all, valueAt, end);
    }

    private void enter() {
      if (!isValid()) {
        return;
      }
      end = record;
      int length = length();
      keyAt = end;
      keyEnd = keyAt + length;
      end = keyEnd;
      length = length();
      valueAt = end;
      end = valueAt + length;
    }

    private int length() {
      int length = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = all[end++];
        length |= (next & 0x7F) << shift;
        if (next >= 0) {
          return length;
        }
      }
    }
  }
}
