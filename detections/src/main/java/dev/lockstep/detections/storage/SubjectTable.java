package dev.lockstep.detections.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Table of each subject's encoded records outside the heap, found by the subject's hash. For one
 * thread.
 *
 * <p>An entry is the length of the subject in two bytes, the subject, and the bytes that are kept
 * of it, such as a {@link Stretch}. The heap has only a slot of 16 bytes for it, so the garbage
 * collector follows no object for a subject. A subject lies fewer than {@value #MOST_STEPS} slots
 * after the slot that its hash names. If these slots are taken, it lies in a tree.
 */
final class SubjectTable {
  private static final int MOST_STEPS = 64;
  private static final int FIRST_SLOTS = 256;
  private static final int SUBJECT_AT = Short.BYTES;
  private static final int ABSENT = -1;

  private final OffHeapBytes bytes = new OffHeapBytes();
  private final TreeMap<byte[], byte[]> crowded = new TreeMap<>(RecordKey::compareSubjects);

  /**
   * Slots of the hash table that finds the entries of subjects, each slot as two numbers in a row.
   * The first is the place of the entry, the second its hash and length. The second is 0 in a free
   * slot.
   */
  private long[] slots = new long[2 * FIRST_SLOTS];

  private int taken;
  private byte[] candidate = new byte[64];

  /** Key of the subject that was read last, or null if the table was changed since. */
  private byte @Nullable [] lastRead;

  private int lastSlot;

  byte[] read(byte[] subject) {
    return read(subject, 0, Integer.MAX_VALUE);
  }

  /**
   * Returns a copy of a part of a subject's encoded records. It is empty if the subject has none.
   *
   * @param from index of the part's first byte; if the subject has records, at most their length
   * @param most largest number of bytes
   */
  byte[] read(byte[] subject, int from, int most) {
    int slot = subject == lastRead ? lastSlot : find(subject, hash(subject));
    lastRead = subject;
    lastSlot = slot;
    if (slot == ABSENT) {
      byte[] all = crowded.isEmpty() ? null : crowded.get(subject);
      return all == null
          ? Stretch.NONE
          : Arrays.copyOfRange(all, from, from + Math.min(most, all.length - from));
    }
    int at = SUBJECT_AT + subject.length + from;
    return bytes.get(place(slot), at, Math.min(most, length(slot) - at));
  }

  /** Removes all subjects, and keeps the memory for others. */
  void clear() {
    Arrays.fill(slots, 0);
    taken = 0;
    crowded.clear();
    bytes.clear();
    lastRead = null;
  }

  /**
   * Returns the number of bytes of the slots, which are on the heap, and of the memory blocks
   * outside the heap. The free places between the blocks count too, and the entries in the tree do
   * not.
   */
  long extent() {
    return bytes.extent() + (long) Long.BYTES * slots.length;
  }

  /**
   * Replaces the encoded records of a subject, or removes the subject if {@code length} is 0.
   *
   * @param by array that begins with the new encoded records
   * @param length length of the new records in bytes; 0 removes the subject
   */
  void replace(byte[] subject, byte[] by, int length) {
    int hash = hash(subject);
    int slot = subject == lastRead ? lastSlot : find(subject, hash);
    lastRead = null;
    if (slot == ABSENT && crowded.containsKey(subject)) {
      keepCrowded(subject, by, length);
    } else if (slot == ABSENT) {
      add(subject, hash, by, length);
    } else if (length == 0) {
      bytes.remove(place(slot), length(slot));
      free(slot);
    } else {
      int at = SUBJECT_AT + subject.length;
      int before = length(slot);
      if (OffHeapBytes.isSameSize(before, at + length)) {
        bytes.set(place(slot), at, by, length);
      } else {
        bytes.remove(place(slot), before);
        slots[2 * slot] = entry(subject, by, length);
      }
      slots[2 * slot + 1] = (long) hash << Integer.SIZE | (at + length);
    }
  }

  byte[][] subjects() {
    List<byte[]> all = new ArrayList<>(crowded.keySet());
    for (int slot = 0; slot < slots.length / 2; slot++) {
      if (length(slot) > 0) {
        byte[] head = bytes.get(place(slot), 0, SUBJECT_AT);
        all.add(bytes.get(place(slot), SUBJECT_AT, (head[0] & 0xFF) << 8 | (head[1] & 0xFF)));
      }
    }
    all.sort(RecordKey::compareSubjects);
    return all.toArray(byte[][]::new);
  }

  long bytes() {
    long sum = 0;
    for (int slot = 0; slot < slots.length / 2; slot++) {
      sum += Math.max(0, length(slot) - SUBJECT_AT);
    }
    for (var entry : crowded.entrySet()) {
      sum += entry.getKey().length + entry.getValue().length;
    }
    return sum;
  }

  private void add(byte[] subject, int hash, byte[] by, int length) {
    if (length == 0) {
      return;
    }
    if (taken >= slots.length / 2 / 8 * 5) {
      grow();
    }
    int slot = freeSlot(hash);
    if (slot == ABSENT) {
      keepCrowded(subject, by, length);
    } else {
      take(slot, entry(subject, by, length), hash, SUBJECT_AT + subject.length + length);
    }
  }

  private void keepCrowded(byte[] subject, byte[] by, int length) {
    if (length == 0) {
      crowded.remove(subject);
    } else {
      crowded.put(subject, Arrays.copyOf(by, length));
    }
  }

  private long entry(byte[] subject, byte[] by, int length) {
    int at = SUBJECT_AT + subject.length;
    long place = bytes.allocate(at + length);
    if (candidate.length < at) {
      candidate = new byte[2 * at];
    }
    candidate[0] = (byte) (subject.length >>> 8);
    candidate[1] = (byte) subject.length;
    System.arraycopy(subject, 0, candidate, SUBJECT_AT, subject.length);
    bytes.set(place, 0, candidate, at);
    bytes.set(place, at, by, length);
    return place;
  }

  private void take(int slot, long place, int hash, int length) {
    slots[2 * slot] = place;
    slots[2 * slot + 1] = (long) hash << Integer.SIZE | length;
    taken++;
  }

  /** Frees a slot, and moves later entries that would no longer be found. */
  private void free(int slot) {
    int mask = slots.length / 2 - 1;
    int hole = slot;
    for (int next = (hole + 1) & mask; length(next) > 0; next = (next + 1) & mask) {
      if (((next - hashOf(next)) & mask) >= ((next - hole) & mask)) {
        slots[2 * hole] = slots[2 * next];
        slots[2 * hole + 1] = slots[2 * next + 1];
        hole = next;
      }
    }
    slots[2 * hole + 1] = 0;
    taken--;
  }

  private void grow() {
    long[] before = slots;
    slots = new long[2 * before.length];
    taken = 0;
    for (int at = 0; at < before.length; at += 2) {
      int length = (int) before[at + 1];
      if (length == 0) {
        continue;
      }
      int hash = (int) (before[at + 1] >>> Integer.SIZE);
      int slot = freeSlot(hash);
      if (slot != ABSENT) {
        take(slot, before[at], hash, length);
      } else {
        byte[] entry = bytes.get(before[at], 0, length);
        int stretchAt = SUBJECT_AT + ((entry[0] & 0xFF) << 8 | (entry[1] & 0xFF));
        crowded.put(
            Arrays.copyOfRange(entry, SUBJECT_AT, stretchAt),
            Arrays.copyOfRange(entry, stretchAt, length));
        bytes.remove(before[at], length);
      }
    }
  }

  private int freeSlot(int hash) {
    int mask = slots.length / 2 - 1;
    for (int step = 0; step < MOST_STEPS; step++) {
      int slot = (hash + step) & mask;
      if (length(slot) == 0) {
        return slot;
      }
    }
    return ABSENT;
  }

  private int find(byte[] subject, int hash) {
    int mask = slots.length / 2 - 1;
    for (int step = 0; step < MOST_STEPS; step++) {
      int slot = (hash + step) & mask;
      if (length(slot) == 0) {
        return ABSENT;
      }
      if (hashOf(slot) == hash && isOf(slot, subject)) {
        return slot;
      }
    }
    return ABSENT;
  }

  private boolean isOf(int slot, byte[] subject) {
    int end = SUBJECT_AT + subject.length;
    if (length(slot) < end) {
      return false;
    }
    if (candidate.length < end) {
      candidate = new byte[2 * end];
    }
    bytes.get(place(slot), 0, candidate, end);
    return ((candidate[0] & 0xFF) << 8 | (candidate[1] & 0xFF)) == subject.length
        && Arrays.equals(candidate, SUBJECT_AT, end, subject, 0, subject.length);
  }

  private long place(int slot) {
    return slots[2 * slot];
  }

  private int length(int slot) {
    return (int) slots[2 * slot + 1];
  }

  private int hashOf(int slot) {
    return (int) (slots[2 * slot + 1] >>> Integer.SIZE);
  }

  private static int hash(byte[] subject) {
    int hash = Arrays.hashCode(subject) * 0x9E3779B9;
    return hash ^ hash >>> 15;
  }
}
