package dev.lockstep.detections.storage;

import dev.lockstep.detections.encoding.RecordWords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * State records in memory, for one run.
 *
 * <p>All records of a subject are one stretch of bytes, in order: length of the key, key, length of
 * the value, value. Consecutive writes to a subject are merged into its stretch at once. The
 * stretches are outside the heap, where the garbage collector does not scan them.
 */
public final class MemoryRecords implements StateRecords {
  private static final byte[] NONE = {};
  private static final Comparator<Change> BY_KEY =
      (one, other) -> Arrays.compareUnsigned(one.key, other.key);

  private final Map<Subject, Subject> records = new HashMap<>();
  private OffHeapBytes bytes = new OffHeapBytes();
  private final List<Change> changes = new ArrayList<>();
  private @Nullable Subject changed;

  /** Subjects in order, followed by those added since the last sort. */
  private final List<Subject> subjects = new ArrayList<>();

  /** Number of unused bytes from which stretches may be moved together. */
  private static final long MOST_UNUSED = 4L << 20;

  private long unused;
  private final RecordWords words = new RecordWords();
  private int ordered;
  private int emptied;
  private @Nullable Subject lastRead;
  private byte[] lastBytes = NONE;
  private byte[] merged = new byte[1024];
  private int mergedBytes;

  /** Subject as a key of a map, which stays fast if many hashes collide. */
  private static final class Subject implements Comparable<Subject> {
    private final byte[] bytes;
    private final int hash;
    private long place;
    private int length;

    Subject(byte[] bytes) {
      this.bytes = bytes;
      this.hash = Arrays.hashCode(bytes);
    }

    @Override
    public int compareTo(Subject other) {
      return RecordKey.compareSubjects(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Subject that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /** Written record that is not merged yet; a null value deletes the record. */
  private static final class Change {
    private final byte[] key;
    private final byte @Nullable [] value;

    Change(byte[] key, byte @Nullable [] value) {
      this.key = key;
      this.value = value;
    }
  }

  @Override
  public RecordWords words() {
    return words;
  }

  @Override
  public void read(byte[] subject, byte[] from, byte[] to, Reader reader) {
    Subject wanted = new Subject(subject);
    if (changed != null && wanted.equals(changed)) {
      merge();
    }
    byte[] all = lastBytes;
    if (lastRead == null || !wanted.equals(lastRead)) {
      all = all(wanted);
      lastRead = wanted;
      lastBytes = all;
    }
    for (Cursor at = new Cursor(all); at.isValid() && at.compareKey(to) < 0; at.advance()) {
      if (at.compareKey(from) >= 0) {
        reader.read(at.key(), at.value());
      }
    }
  }

  @Override
  public void write(byte[] subject, byte[] key, byte @Nullable [] value) {
    RecordKey.checkSubject(subject);
    if (changed == null || !Arrays.equals(changed.bytes, subject)) {
      merge();
      changed = new Subject(subject);
    }
    changes.add(new Change(key, value));
  }

  @Override
  public byte @Nullable [] walk(byte @Nullable [] from, int most, Walker walker) {
    merge();
    if (from == null || ordered == 0) {
      order();
    }
    int next = from == null ? 0 : indexOf(new Subject(RecordKey.subject(from)));
    byte[] first = from == null ? NONE : RecordKey.key(from);
    int left = most;
    for (; next < ordered; next++) {
      Subject subject = subjects.get(next);
      boolean inside = from != null && RecordKey.isOf(from, subject.bytes);
      for (Cursor at = new Cursor(all(subject)); at.isValid(); at.advance()) {
        if (inside && at.compareKey(first) < 0) {
          continue;
        }
        if (left == 0) {
          return RecordKey.of(subject.bytes, at.key());
        }
        left--;
        walker.read(subject.bytes, at.key(), at.value());
      }
    }
    return null;
  }

  /** Returns the bytes of subjects, keys and values. */
  public long bytes() {
    merge();
    long sum = 0;
    for (Subject subject : records.keySet()) {
      sum += subject.bytes.length + subject.length;
    }
    return sum;
  }

  private byte[] all(Subject subject) {
    Subject known = records.get(subject);
    return known == null || known.length == 0 ? NONE : bytes.get(known.place, known.length);
  }

  private int indexOf(Subject subject) {
    int index = Collections.binarySearch(subjects.subList(0, ordered), subject);
    return index < 0 ? -index - 1 : index;
  }

  private void order() {
    if (emptied > 0) {
      subjects.removeIf(subject -> subject.length == 0);
      records.keySet().removeIf(subject -> subject.length == 0);
      emptied = 0;
      ordered = -1;
    }
    if (ordered != subjects.size()) {
      subjects.sort(null); // merges, since what came first is in order
      ordered = subjects.size();
    }
  }

  private void merge() {
    Subject subject = changed;
    if (subject == null) {
      return;
    }
    Subject known = records.get(subject);
    byte[] before = all(subject);
    changes.sort(BY_KEY);
    mergedBytes = 0;
    Cursor at = new Cursor(before);
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      if (i + 1 < changes.size() && Arrays.equals(change.key, changes.get(i + 1).key)) {
        continue; // written again later
      }
      int kept = at.record;
      while (at.isValid() && at.compareKey(change.key) < 0) {
        at.advance();
      }
      append(at.all, kept, at.record - kept);
      if (at.isValid() && at.compareKey(change.key) == 0) {
        at.advance();
      }
      if (change.value != null) {
        appendWithLength(change.key);
        appendWithLength(change.value);
      }
    }
    append(at.all, at.record, at.all.length - at.record);
    put(subject, known);
    changes.clear();
    changed = null;
  }

  /** Replaces the known stretch of a subject by the merged one. */
  private void put(Subject subject, @Nullable Subject known) {
    if (lastRead != null && lastRead.equals(subject)) {
      lastRead = null;
      lastBytes = NONE;
    }
    if (known == null) {
      if (mergedBytes == 0) {
        return;
      }
      records.put(subject, subject);
      subjects.add(subject);
    } else if (known.length > 0 && mergedBytes == 0) {
      emptied++;
    }
    Subject kept = known == null ? subject : known;
    if (mergedBytes > 0 && mergedBytes <= kept.length) {
      bytes.set(kept.place, merged, mergedBytes);
    } else if (mergedBytes > 0) {
      kept.place = bytes.add(merged, mergedBytes);
    }
    unused += kept.length - (mergedBytes <= kept.length ? mergedBytes : 0);
    kept.length = mergedBytes;
    if (unused > MOST_UNUSED && unused > bytes.size() / 2) {
      compact();
    }
  }

  /** Moves all stretches together. */
  private void compact() {
    OffHeapBytes moved = new OffHeapBytes();
    for (Subject subject : records.keySet()) {
      if (subject.length > 0) {
        byte[] all = bytes.get(subject.place, subject.length);
        subject.place = moved.add(all, all.length);
      }
    }
    bytes = moved;
    unused = 0;
  }

  private void appendWithLength(byte[] bytes) {
    ensure(5);
    int rest = bytes.length;
    while (rest > 0x7F) {
      merged[mergedBytes++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    merged[mergedBytes++] = (byte) rest;
    append(bytes, 0, bytes.length);
  }

  private void append(byte[] bytes, int from, int length) {
    ensure(length);
    System.arraycopy(bytes, from, merged, mergedBytes, length);
    mergedBytes += length;
  }

  private void ensure(int more) {
    if (merged.length - mergedBytes < more) {
      merged = Arrays.copyOf(merged, Math.max(2 * merged.length, mergedBytes + more));
    }
  }

  /** Position at a record of a subject. */
  private static final class Cursor {
    private final byte[] all;
    private int record;
    private int keyAt;
    private int keyEnd;
    private int valueAt;
    private int end;

    Cursor(byte[] all) {
      this.all = all;
      enter();
    }

    boolean isValid() {
      return record < all.length;
    }

    void advance() {
      record = end;
      enter();
    }

    int compareKey(byte[] key) {
      return Arrays.compareUnsigned(all, keyAt, keyEnd, key, 0, key.length);
    }

    byte[] key() {
      return Arrays.copyOfRange(all, keyAt, keyEnd);
    }

    byte[] value() {
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

    /** Reads a length and moves past it. */
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
