package dev.lockstep.detections.storage;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cache of the records of recently used subjects, in front of a storage that is slow to read. For
 * one thread.
 *
 * <p>For each subject it has all records with keys before one key, and all with keys from another
 * key on. Its bytes are outside the heap; about {@value #HEAP_BYTES} bytes a subject are in the
 * heap.
 */
public final class RecentRecords {
  /** Estimated bytes of a subject in the heap. */
  private static final int HEAP_BYTES = 130;

  /** Size of a stretch from which on it is not kept, because each change copies it. */
  private static final int MOST_STRETCH = 1 << 14;

  private final long most;
  private final Map<PlacedSubject, Known> subjects = new LinkedHashMap<>(16, 0.75f, true);
  private final Stretch stretch = new Stretch();
  private OffHeapBytes bytes = new OffHeapBytes();
  private @Nullable Known changed;
  private byte[] lastFrom = Stretch.NONE;

  /**
   * Creates a memory without records, with the largest number of bytes that it may take.
   *
   * @param most number of bytes that it takes at most, together with those in the heap
   */
  public RecentRecords(long most) {
    this.most = most;
  }

  /**
   * Subject whose records are known if their key is before {@code headTo}, or not before {@code
   * from}.
   */
  private static final class Known {
    private final PlacedSubject subject;
    private final byte[] headTo;
    private byte[] from;

    Known(byte[] subject, byte[] headTo, byte[] from) {
      this.subject = new PlacedSubject(subject);
      this.headTo = headTo;
      this.from = from;
    }
  }

  /**
   * Returns the records of a subject with keys before {@code headTo} and from {@code from} on, as
   * one stretch of bytes; null if they are not known.
   */
  public byte @Nullable [] open(byte[] subject, byte[] headTo, byte[] from) {
    if (changed != null && Arrays.equals(changed.subject.bytes(), subject)) {
      merge();
    }
    Known known = subjects.get(new PlacedSubject(subject));
    if (known == null
        || !Arrays.equals(known.headTo, headTo)
        || Arrays.compareUnsigned(from, known.from) < 0) {
      return null;
    }
    byte[] all = known.subject.read(bytes);
    if (Arrays.compareUnsigned(from, known.from) > 0) {
      stretch.begin();
      for (Stretch.Cursor at = new Stretch.Cursor(all); at.isValid(); at.advance()) {
        if (at.compareKey(headTo) < 0 || at.compareKey(from) >= 0) {
          stretch.append(at.key(), at.value());
        }
      }
      known.from = shared(from);
      known.subject.replace(bytes, stretch.bytes(), stretch.length());
    }
    return all;
  }

  /**
   * Keeps records of a subject in memory, unless they are too large: those with keys before {@code
   * headTo}, and those with keys from {@code from} on.
   *
   * @param all stretch of these records and no others
   */
  public void keep(byte[] subject, byte[] headTo, byte[] from, byte[] all) {
    merge();
    Known known = new Known(subject, headTo, shared(from));
    forget(known.subject);
    if (all.length <= MOST_STRETCH) {
      subjects.put(known.subject, known);
      known.subject.replace(bytes, all, all.length);
      makeRoom();
    }
  }

  /**
   * Returns an array with the given bytes; consecutive subjects with equal bytes share one array.
   */
  private byte[] shared(byte[] from) {
    if (!Arrays.equals(lastFrom, from)) {
      lastFrom = from.clone();
    }
    return lastFrom;
  }

  /** Changes a record of a subject, if it is known; a null value deletes it. */
  public void write(byte[] subject, byte[] key, byte @Nullable [] value) {
    if (changed == null || !Arrays.equals(changed.subject.bytes(), subject)) {
      merge();
      changed = subjects.get(new PlacedSubject(subject));
    }
    if (changed != null
        && (Arrays.compareUnsigned(key, changed.headTo) < 0
            || Arrays.compareUnsigned(key, changed.from) >= 0)) {
      stretch.change(key, value);
    }
  }

  /** Returns the number of bytes in use, with an estimate of those in the heap. */
  long used() {
    return bytes.used() + (long) HEAP_BYTES * subjects.size();
  }

  private void merge() {
    Known known = changed;
    changed = null;
    if (known == null || !stretch.hasChanges()) {
      return;
    }
    stretch.merge(known.subject.read(bytes));
    if (stretch.length() > MOST_STRETCH) {
      forget(known.subject);
    } else {
      known.subject.replace(bytes, stretch.bytes(), stretch.length());
      makeRoom();
    }
  }

  private void forget(PlacedSubject subject) {
    Known known = subjects.remove(subject);
    if (known != null) {
      known.subject.remove(bytes);
    }
  }

  /** Evicts the subjects not used for longest, or all if their memory is too fragmented. */
  private void makeRoom() {
    if (bytes.allocated() > 2 * most + OffHeapBytes.CHUNK_BYTES) {
      subjects.clear();
      bytes = new OffHeapBytes();
    }
    Iterator<Known> eldest = subjects.values().iterator();
    while (used() > most && eldest.hasNext()) {
      eldest.next().subject.remove(bytes);
      eldest.remove();
    }
  }
}
