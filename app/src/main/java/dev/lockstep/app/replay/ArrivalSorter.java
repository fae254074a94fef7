package dev.lockstep.app.replay;

import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.text.Quoted;
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
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Sorter of items by arrival time, then by a given order, in bounded memory. Items that do not fit
 * into memory are written to disk in sorted runs, which are merged at the end.
 *
 * <p>The order is total, so that neither the order of adding nor the number of threads matters.
 */
public final class ArrivalSorter implements Closeable {
  private static final int RUN_BUFFER_BYTES = 256 * 1024;
  private static final int MOST_RUNS_AT_ONCE = 64;

  private final Path folder;
  private final long memoryBytes;
  private final List<Path> runs = new ArrayList<>();
  private List<Entry> entries = new ArrayList<>();
  private long bytes;
  private int made;

  private final Comparator<Entry> order;

  @SuppressWarnings("ArrayRecordComponent") // compared by its own comparator
  private record Entry(long arrivalAt, byte[] item) {}

  /** Receiver of the sorted items, the earliest arrival first. */
  public interface Sink {
    void take(long arrivalAt, byte[] item);
  }

  /**
   * Creates an empty sorter.
   *
   * @param folder folder for sorted runs, created on demand in an existing folder and removed on
   *     closing
   * @param memoryBytes size in bytes of the items in memory at which they are written to disk as a
   *     run
   * @param ties total order of items that arrived at the same time, used by several threads
   */
  public ArrivalSorter(Path folder, long memoryBytes, Comparator<byte[]> ties) {
    this.order = Comparator.comparingLong(Entry::arrivalAt).thenComparing(Entry::item, ties);
    this.folder = folder;
    this.memoryBytes = memoryBytes;
  }

  /**
   * Adds an item. Safe for use by several threads.
   *
   * @throws OperatorException if the disk has no room
   */
  public void add(long arrivalAt, byte[] item) {
    List<Entry> full = null;
    synchronized (this) {
      entries.add(new Entry(arrivalAt, item));
      bytes += item.length + 64L;
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

  /**
   * Passes all items in order to a receiver. The items stay in this sorter, so this may be
   * repeated, but no items may be added afterwards.
   *
   * @throws OperatorException if runs cannot be merged or read
   */
  public void drain(Sink sink) {
    entries.sort(order);
    try {
      while (runs.size() > MOST_RUNS_AT_ONCE) {
        mergeSome();
      }
      merge(runs, entries, sink);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private void mergeSome() throws IOException {
    List<Path> some = new ArrayList<>(runs.subList(0, MOST_RUNS_AT_ONCE));
    Path merged = nextRun();
    runs.add(merged);
    try (DataOutputStream out = output(merged)) {
      merge(some, List.of(), (arrivalAt, item) -> write(out, arrivalAt, item));
    } catch (UncheckedIOException e) {
      throw unusable(e);
    }
    for (Path run : some) {
      Files.delete(run);
    }
    runs.removeAll(some);
  }

  private void merge(List<Path> from, List<Entry> last, Sink sink) throws IOException {
    PriorityQueue<Run> heads = new PriorityQueue<>(Comparator.comparing(Run::head, order));
    List<Run> opened = new ArrayList<>();
    try {
      for (Path path : from) {
        Run run = new Run(path);
        opened.add(run);
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
          sink.take(entry.arrivalAt(), entry.item());
          continue;
        }
        heads.remove();
        sink.take(run.head().arrivalAt(), run.head().item());
        if (run.advance()) {
          heads.add(run);
        } else {
          run.close();
        }
      }
    } finally {
      for (Run run : opened) {
        run.close();
      }
    }
  }

  private void spill(List<Entry> full) {
    full.sort(order);
    try {
      Path run = nextRun();
      synchronized (this) {
        runs.add(run);
      }
      try (DataOutputStream out = output(run)) {
        for (Entry entry : full) {
          write(out, entry.arrivalAt(), entry.item());
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw unusable(e);
    }
  }

  private OperatorException unusable(Exception e) {
    return new OperatorException(
        "could not sort the input: temporary files in %s cannot be written or read (%s); free disk space there, or set another folder with LOCKSTEP_JAVA_OPTS=-Djava.io.tmpdir=FOLDER"
            .formatted(Quoted.of(folder), Failures.message(e)),
        e);
  }

  private synchronized Path nextRun() throws IOException {
    if (made == 0) {
      Files.createDirectory(folder); // fails if it was removed because the process ends
    }
    return folder.resolve("run-" + made++);
  }

  private static DataOutputStream output(Path run) throws IOException {
    return new DataOutputStream(
        new BufferedOutputStream(Files.newOutputStream(run), RUN_BUFFER_BYTES));
  }

  private static void write(DataOutputStream out, long arrivalAt, byte[] item) {
    try {
      out.writeLong(arrivalAt);
      out.writeInt(item.length);
      out.write(item);
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

  /** Reader of one sorted run, which is a file of entries in the order of the sort. */
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
      byte[] item = new byte[in.readInt()];
      in.readFully(item);
      left -= 12L + item.length;
      head = new Entry(arrivalAt, item);
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
}
