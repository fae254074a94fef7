package dev.lockstep.app;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Sorts activities by arrival time, then category, event id, content and place of discovery, in
 * bounded memory: what does not fit is sorted into runs on disk, which are merged.
 *
 * <p>The order is total, so it does not matter in which order, or from how many threads, activities
 * are added.
 */
final class ArrivalSorter implements Closeable {
  private static final int RUN_BUFFER_BYTES = 256 * 1024;
  private static final int MOST_RUNS_AT_ONCE = 64;

  private final Path folder;
  private final long memoryBytes;
  private final List<Path> runs = new ArrayList<>();
  private List<Entry> entries = new ArrayList<>();
  private long bytes;
  private int made;

  private final Comparator<Entry> order =
      Comparator.comparingLong(Entry::arrivalAt).thenComparing(new ByContent());

  @SuppressWarnings("ArrayRecordComponent") // compared by its own comparator
  private record Entry(long arrivalAt, byte[] activity) {}

  /** Takes activities in order. */
  interface Sink {
    void take(long arrivalAt, byte[] activity);
  }

  /**
   * Creates an empty sorter.
   *
   * @param folder where runs go; made if missing, emptied when closed
   * @param memoryBytes how much may be held before a run is written
   */
  ArrivalSorter(Path folder, long memoryBytes) {
    this.folder = folder;
    this.memoryBytes = memoryBytes;
  }

  /** Adds an activity in its single-object encoding. Safe for use by several threads. */
  void add(long arrivalAt, byte[] activity) {
    List<Entry> full = null;
    synchronized (this) {
      entries.add(new Entry(arrivalAt, activity));
      bytes += activity.length + 64L;
      if (bytes >= memoryBytes) {
        full = entries;
        entries = new ArrayList<>(full.size());
        bytes = 0;
      }
    }
    if (full != null) {
      spill(full);
    }
  }

  /** Hands out everything in order; nothing may be added any more. */
  void drain(Sink sink) throws IOException {
    entries.sort(order);
    while (runs.size() > MOST_RUNS_AT_ONCE) {
      List<Path> some = new ArrayList<>(runs.subList(0, MOST_RUNS_AT_ONCE));
      Path merged = nextRun();
      try (DataOutputStream out = output(merged)) {
        merge(some, List.of(), (arrivalAt, activity) -> write(out, arrivalAt, activity));
      }
      for (Path run : some) {
        Files.delete(run);
      }
      runs.removeAll(some);
      runs.add(merged);
    }
    merge(runs, entries, sink);
  }

  private void merge(List<Path> from, List<Entry> last, Sink sink) throws IOException {
    PriorityQueue<Run> heads = new PriorityQueue<>(Comparator.comparing(Run::head, order));
    try {
      for (Path path : from) {
        Run run = new Run(path);
        if (run.advance()) {
          heads.add(run);
        } else {
          run.close();
        }
      }
      int next = 0;
      while (!heads.isEmpty() || next < last.size()) {
        Run run = heads.peek();
        if (run == null || (next < last.size() && order.compare(last.get(next), run.head()) <= 0)) {
          Entry entry = last.get(next++);
          sink.take(entry.arrivalAt(), entry.activity());
          continue;
        }
        heads.remove();
        sink.take(run.head().arrivalAt(), run.head().activity());
        if (run.advance()) {
          heads.add(run);
        } else {
          run.close();
        }
      }
    } finally {
      for (Run run : heads) {
        run.close();
      }
    }
  }

  private void spill(List<Entry> full) {
    full.sort(order);
    try {
      Path run = nextRun();
      try (DataOutputStream out = output(run)) {
        for (Entry entry : full) {
          write(out, entry.arrivalAt(), entry.activity());
        }
      }
      synchronized (this) {
        runs.add(run);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException(
              "could not sort the input: no room in %s (%s); free some, or set java.io.tmpdir"
                  .formatted(folder, e.getMessage()),
              e));
    }
  }

  private synchronized Path nextRun() throws IOException {
    Files.createDirectories(folder);
    return folder.resolve("run-" + made++);
  }

  private static DataOutputStream output(Path run) throws IOException {
    return new DataOutputStream(
        new BufferedOutputStream(Files.newOutputStream(run), RUN_BUFFER_BYTES));
  }

  private static void write(DataOutputStream out, long arrivalAt, byte[] activity) {
    try {
      out.writeLong(arrivalAt);
      out.writeInt(activity.length);
      out.write(activity);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    for (Path run : runs) {
      Files.deleteIfExists(run);
    }
    Files.deleteIfExists(folder);
  }

  /** A sorted run on disk, read from its start. */
  private static final class Run implements Closeable {
    private final DataInputStream in;
    private long left;
    private @Nullable Entry head;

    Run(Path path) throws IOException {
      left = Files.size(path);
      in =
          new DataInputStream(
              new BufferedInputStream(Files.newInputStream(path), RUN_BUFFER_BYTES));
    }

    boolean advance() throws IOException {
      if (left == 0) {
        return false;
      }
      long arrivalAt = in.readLong();
      byte[] activity = new byte[in.readInt()];
      in.readFully(activity);
      left -= 12L + activity.length;
      head = new Entry(arrivalAt, activity);
      return true;
    }

    Entry head() {
      return Objects.requireNonNull(head);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  /** Orders what arrived at the same time; only then is it worth decoding. */
  private static final class ByContent implements Comparator<Entry> {
    private static final Where NOWHERE = new Where("", null, null, -1, -1L, 0);
    private static final Comparator<Where> BY_WHERE =
        Comparator.comparing(Where::getSource)
            .thenComparing(where -> where.getFile() == null ? "" : where.getFile())
            .thenComparingInt(Where::getPartition)
            .thenComparingLong(Where::getPosition)
            .thenComparingInt(Where::getIndex);

    private final ThreadLocal<SingleObject<Activity>> codec =
        ThreadLocal.withInitial(() -> new SingleObject<>(Activity.getClassSchema()));

    @Override
    public int compare(Entry one, Entry other) {
      if (Arrays.equals(one.activity(), other.activity())) {
        return 0;
      }
      SingleObject<Activity> activities = codec.get();
      Activity left = activities.decode(one.activity());
      Activity right = activities.decode(other.activity());
      int compared = left.getCategory().compareTo(right.getCategory());
      if (compared == 0) {
        compared = left.getEventId().compareTo(right.getEventId());
      }
      if (compared != 0) {
        return compared;
      }
      Where leftWhere = left.getWhere();
      Where rightWhere = right.getWhere();
      left.setWhere(NOWHERE);
      right.setWhere(NOWHERE);
      compared = Arrays.compareUnsigned(activities.encode(left), activities.encode(right));
      return compared != 0 ? compared : BY_WHERE.compare(leftWhere, rightWhere);
    }
  }
}
