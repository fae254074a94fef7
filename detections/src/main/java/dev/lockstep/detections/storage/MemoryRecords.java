package dev.lockstep.detections.storage;

import dev.lockstep.detections.encoding.RecordWords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * State records in memory, for one run.
 *
 * <p>All records of a subject are one {@link Stretch}. Consecutive writes to a subject are merged
 * into its stretch at once. The stretches are outside the heap, where the garbage collector does
 * not scan them.
 */
public final class MemoryRecords implements StateRecords {
  private final Map<PlacedSubject, PlacedSubject> records = new HashMap<>();
  private final OffHeapBytes bytes = new OffHeapBytes();
  private final Stretch stretch = new Stretch();
  private @Nullable PlacedSubject changed;

  /** Subjects in order, followed by those added since the last sort. */
  private final List<PlacedSubject> subjects = new ArrayList<>();

  private final RecordWords words = new RecordWords();

  /** Subject that was opened last, unless something was written since, and its records. */
  private @Nullable PlacedSubject lastOpened;

  private @Nullable PlacedSubject lastKnown;
  private byte[] lastBytes = Stretch.NONE;
  private int ordered;
  private int emptied;

  @Override
  public RecordWords words() {
    return words;
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
    PlacedSubject wanted = new PlacedSubject(subject);
    PlacedSubject known = records.get(wanted);
    lastOpened = wanted;
    lastKnown = known;
    lastBytes = known == null ? Stretch.NONE : known.read(bytes);
    return lastBytes;
  }

  @Override
  public void write(byte[] subject, byte[] key, byte @Nullable [] value) {
    RecordKey.checkSubject(subject);
    if (changed == null || !Arrays.equals(changed.bytes(), subject)) {
      merge();
      changed = new PlacedSubject(subject);
    }
    stretch.change(key, value);
  }

  @Override
  public byte @Nullable [] walk(byte @Nullable [] from, int most, Walker walker) {
    merge();
    if (from == null || ordered == 0) {
      order();
    }
    int next = from == null ? 0 : indexOf(new PlacedSubject(RecordKey.subject(from)));
    byte[] first = from == null ? Stretch.NONE : RecordKey.key(from);
    int left = most;
    for (; next < ordered; next++) {
      PlacedSubject subject = subjects.get(next);
      boolean inside = from != null && RecordKey.isOf(from, subject.bytes());
      for (Stretch.Cursor at = new Stretch.Cursor(all(subject)); at.isValid(); at.advance()) {
        if (inside && at.compareKey(first) < 0) {
          continue;
        }
        if (left == 0) {
          return RecordKey.of(subject.bytes(), at.key());
        }
        left--;
        walker.read(subject.bytes(), at.key(), at.value());
      }
    }
    return null;
  }

  /** Returns the bytes of subjects, keys and values. */
  public long bytes() {
    merge();
    long sum = 0;
    for (PlacedSubject subject : records.keySet()) {
      sum += subject.bytes().length + subject.length();
    }
    return sum;
  }

  private byte[] all(PlacedSubject subject) {
    PlacedSubject known = records.get(subject);
    return known == null ? Stretch.NONE : known.read(bytes);
  }

  private int indexOf(PlacedSubject subject) {
    int index = Collections.binarySearch(subjects.subList(0, ordered), subject);
    return index < 0 ? -index - 1 : index;
  }

  private void order() {
    if (emptied > 0) {
      subjects.removeIf(subject -> subject.length() == 0);
      records.keySet().removeIf(subject -> subject.length() == 0);
      emptied = 0;
      ordered = -1;
    }
    if (ordered != subjects.size()) {
      subjects.sort(null); // a stable sort merges well, because the first part is in order already
      ordered = subjects.size();
    }
  }

  private void merge() {
    PlacedSubject subject = changed;
    if (subject == null) {
      return;
    }
    if (lastOpened != null && lastOpened.equals(subject)) {
      stretch.merge(lastBytes);
      put(subject, lastKnown);
    } else {
      PlacedSubject known = records.get(subject);
      stretch.merge(known == null ? Stretch.NONE : known.read(bytes));
      put(subject, known);
    }
    lastOpened = null;
    changed = null;
  }

  /** Replaces the known stretch of a subject by the merged one. */
  private void put(PlacedSubject subject, @Nullable PlacedSubject known) {
    int length = stretch.length();
    if (known == null) {
      if (length == 0) {
        return;
      }
      records.put(subject, subject);
      subjects.add(subject);
    } else if (known.length() > 0 && length == 0) {
      emptied++;
    }
    (known == null ? subject : known).replace(bytes, stretch.bytes(), length);
  }
}
