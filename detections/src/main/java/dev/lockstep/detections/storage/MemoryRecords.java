package dev.lockstep.detections.storage;

import dev.lockstep.detections.encoding.StateDictionary;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * State records in memory, for a replay or a test.
 *
 * <p>All records of a subject are one {@link Stretch}. Consecutive writes to a subject are merged
 * into its stretch together. Subjects and stretches are outside the heap, where the garbage
 * collector does not scan them.
 */
public final class MemoryRecords implements StateRecords {
  private final SubjectTable subjects = new SubjectTable();
  private final Stretch stretch = new Stretch();
  private final StateDictionary dictionary = new StateDictionary();
  private final LayoutNumbers layouts = new LayoutNumbers((key, value) -> {});

  /**
   * Subject whose latest writes are not in its stored records yet, or null if there is no such
   * subject.
   */
  private byte @Nullable [] changed;

  /** Subject whose records were read last. Null if records have been changed since. */
  private byte @Nullable [] lastOpened;

  private byte[] lastBytes = Stretch.NONE;

  /**
   * Subjects of an unfinished {@link #walk} through all records, ordered by length and then by
   * bytes. Null if no walk is unfinished.
   */
  private byte @Nullable [][] walked;

  @Override
  public StateDictionary dictionary() {
    return dictionary;
  }

  @Override
  public LayoutNumbers layouts() {
    return layouts;
  }

  @Override
  public void read(byte[] subject, byte[] from, byte[] to, Reader reader) {
    for (Stretch.Cursor at = new Stretch.Cursor(open(subject, Stretch.NONE, from, to));
        at.isValid() && at.compareKey(to) < 0;
        at.advance()) {
      if (at.compareKey(from) >= 0) {
        reader.read(at.key(), at.value());
      }
    }
  }

  @Override
  public byte[] open(byte[] subject, byte[] headTo, byte[] from, byte[] to) {
    merge();
    lastOpened = subject;
    lastBytes = subjects.read(subject);
    return lastBytes;
  }

  @Override
  public void write(byte[] subject, byte[] key, byte @Nullable [] value) {
    RecordKey.checkSubject(subject);
    if (changed == null || !Arrays.equals(changed, subject)) {
      merge();
      changed = subject;
    }
    stretch.change(key, value);
  }

  @Override
  public byte @Nullable [] walk(byte @Nullable [] from, int most, Walker walker) {
    merge();
    byte[][] all = from == null || walked == null ? subjects.subjects() : walked;
    walked = all;
    int next = from == null ? 0 : indexOf(all, RecordKey.subject(from));
    byte[] first = from == null ? Stretch.NONE : RecordKey.key(from);
    int left = most;
    for (; next < all.length; next++) {
      byte[] subject = all[next];
      boolean inside = from != null && RecordKey.isOf(from, subject);
      for (Stretch.Cursor at = new Stretch.Cursor(subjects.read(subject));
          at.isValid();
          at.advance()) {
        if (inside && at.compareKey(first) < 0) {
          continue;
        }
        if (left == 0) {
          return RecordKey.of(subject, at.key());
        }
        left--;
        walker.read(subject, at.key(), at.value());
      }
    }
    walked = null;
    return null;
  }

  /** Returns the number of bytes of all subjects and their encoded records. */
  public long bytes() {
    merge();
    return subjects.bytes();
  }

  private static int indexOf(byte[][] subjects, byte[] subject) {
    int index = Arrays.binarySearch(subjects, subject, RecordKey::compareSubjects);
    return index < 0 ? -index - 1 : index;
  }

  private void merge() {
    byte[] subject = changed;
    if (subject == null) {
      return;
    }
    boolean isOpen = lastOpened != null && Arrays.equals(lastOpened, subject);
    stretch.merge(isOpen ? lastBytes : subjects.read(subject), 0);
    subjects.replace(subject, stretch.bytes(), stretch.length());
    lastOpened = null;
    changed = null;
  }
}
