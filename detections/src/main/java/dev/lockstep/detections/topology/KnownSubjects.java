package dev.lockstep.detections.topology;

import dev.lockstep.detections.storage.RecordKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Memory of the subjects with records on disk, which saves a read for the many subjects without
 * records.
 *
 * <p>RocksDB's filters answer for whole keys, not for ranges. This memory is built in parts from
 * the disk and from writes. Until it is complete, every subject counts as known. When a filter is
 * full, a larger filter is added. When the last of {@value #MOST_FILTERS} filters is full, one
 * filter without deleted subjects is built and replaces them.
 */
final class KnownSubjects {
  private static final int FEWEST = 1 << 16;
  private static final int MOST = 1 << 28;

  /**
   * Largest number of Bloom filters in use. When the last of them is full, one new filter is made
   * from the records on disk and replaces them all.
   */
  private static final int MOST_FILTERS = 4;

  private final KeyValueStore<Bytes, byte[]> disk;
  private final int fewest;

  /**
   * Bloom filters that together hold all subjects with records, in the order in which the filters
   * were added. Each filter is up to twice as large as the one before it. The list is empty until
   * the disk has been read.
   */
  private final List<SubjectFilter> filters = new ArrayList<>(MOST_FILTERS);

  /**
   * Bloom filter that is being made from the records on disk, a part at a time, or null if no
   * filter is being made.
   */
  private @Nullable SubjectFilter growing;

  private byte @Nullable [] next;
  private int subjects;

  KnownSubjects(KeyValueStore<Bytes, byte[]> disk) {
    this(disk, FEWEST);
  }

  KnownSubjects(KeyValueStore<Bytes, byte[]> disk, int fewest) {
    this.disk = disk;
    this.fewest = fewest;
  }

  /**
   * Discards what is known about which subjects have records. Until the disk has been read again,
   * {@link #mayHaveRecords} is true for every subject. This method is called when something other
   * than the store has written to the disk, or is about to.
   */
  void clear() {
    filters.clear();
    growing = null;
    next = null;
  }

  /** Returns false if a subject certainly has no state records, and true if it may have some. */
  boolean mayHaveRecords(byte[] subject) {
    return filters.isEmpty() || isHeld(SubjectFilter.hash(subject));
  }

  private boolean isHeld(long hash) {
    for (int i = filters.size() - 1; i >= 0; i--) {
      if (filters.get(i).mayHold(hash)) {
        return true;
      }
    }
    return false;
  }

  void add(byte[] subject) {
    long hash = SubjectFilter.hash(subject);
    if (growing != null) {
      growing.add(hash);
    }
    if (filters.isEmpty() || isHeld(hash)) {
      return;
    }
    SubjectFilter last = filters.get(filters.size() - 1);
    if (last.isFull() && filters.size() < MOST_FILTERS) {
      last = new SubjectFilter((int) Math.min(MOST, 2L * last.size()));
      filters.add(last);
    }
    last.add(hash);
  }

  /**
   * Starts or continues to make a new Bloom filter from the records on disk, by reading at most the
   * given number of further records. It does nothing if no filter has to be made.
   */
  void learn(int records) {
    SubjectFilter into = growing;
    if (into == null) {
      if (!filters.isEmpty()
          && (filters.size() < MOST_FILTERS || !filters.get(MOST_FILTERS - 1).isFull())) {
        return;
      }
      into = grow(disk.approximateNumEntries() / 2);
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
        if (!RecordKey.isWhole(key)) {
          continue;
        }
        if (subject == null || !RecordKey.isOf(key, subject)) {
          subject = RecordKey.subject(key);
          into.add(SubjectFilter.hash(subject));
          subjects++;
        }
      }
    }
    next = null;
    if (into.isFull() && into.size() < MOST) {
      grow(2L * Math.max(into.size(), subjects));
      return;
    }
    filters.clear();
    filters.add(into);
    growing = null;
  }

  private SubjectFilter grow(long size) {
    SubjectFilter filter = new SubjectFilter((int) Math.max(fewest, Math.min(size, MOST)));
    growing = filter;
    subjects = 0;
    return filter;
  }
}
