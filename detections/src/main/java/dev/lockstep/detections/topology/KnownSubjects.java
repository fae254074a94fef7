package dev.lockstep.detections.topology;

import dev.lockstep.detections.storage.RecordKey;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Memory of the subjects that have records on disk, which saves a read for the many that have none.
 *
 * <p>RocksDB's filters answer for whole keys, not for ranges. This memory is built in parts from
 * the disk and from writes. Until it is complete, every subject counts as known. When it is full, a
 * new one without deleted subjects is built beside it.
 */
final class KnownSubjects {
  private static final int FEWEST = 1 << 16;
  private static final int MOST = 1 << 28;

  private final KeyValueStore<Bytes, byte[]> disk;
  private @Nullable SubjectFilter whole;
  private SubjectFilter growing = new SubjectFilter(FEWEST);
  private byte @Nullable [] next;
  private int size = FEWEST;
  private int subjects;
  private boolean building = true;

  KnownSubjects(KeyValueStore<Bytes, byte[]> disk) {
    this.disk = disk;
  }

  /** Clears the memory, because something else has written to the disk or is about to. */
  void forget() {
    whole = null;
    build(FEWEST);
  }

  private void build(int size) {
    this.size = size;
    growing = new SubjectFilter(size);
    next = null;
    subjects = 0;
    building = true;
  }

  /** Returns false only for a subject that has no records. */
  boolean mayHaveRecords(byte[] subject) {
    return whole == null || whole.mayHold(subject);
  }

  /** Adds a subject that has records from now on. */
  void add(byte[] subject) {
    if (building) {
      growing.add(subject);
    }
    if (whole != null) {
      whole.add(subject);
      if (whole.isFull() && !building) {
        build(Math.max(FEWEST, 2 * subjects));
      }
    }
  }

  /** Reads a number of further records on disk into the memory. */
  void learn(int records) {
    if (!building) {
      return;
    }
    if (next == null && whole == null) {
      build((int) Math.max(size, Math.min(disk.approximateNumEntries() / 2, MOST)));
    }
    try (KeyValueIterator<Bytes, byte[]> found =
        next == null ? disk.all() : disk.range(Bytes.wrap(next), null)) {
      byte[] subject = null;
      for (int left = records; found.hasNext(); left--) {
        if (left == 0) {
          next = found.peekNextKey().get();
          return;
        }
        byte[] key = found.next().key.get();
        if (subject == null || !RecordKey.isOf(key, subject)) {
          subject = RecordKey.subject(key);
          growing.add(subject);
          subjects++;
        }
      }
    }
    building = false;
    if (growing.isFull()) {
      build(2 * Math.max(size, subjects));
    } else {
      whole = growing;
    }
  }
}
