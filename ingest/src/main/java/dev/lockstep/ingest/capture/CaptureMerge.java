package dev.lockstep.ingest.capture;

import dev.lockstep.ingest.capture.CaptureListing.Listed;
import dev.lockstep.ingest.message.Limits;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Merger of captured files that overlap in time. It gives their entries to a visitor in the order
 * of their arrival times.
 */
final class CaptureMerge implements AutoCloseable {
  private static final int OPEN_FILES = 32;

  private final List<Listed> inOrder;
  private final ToLongFunction<Listed> skipped;
  private final Limits limits;

  private final PriorityQueue<CaptureFeed> feeds =
      new PriorityQueue<>(
          Comparator.comparingLong((CaptureFeed feed) -> feed.head().at())
              .thenComparing(feed -> feed.file().path().path()));

  /**
   * Open file whose next entry is not yet read, or null if there is none. It is not in the queue
   * {@link #feeds}, because the queue orders files by the arrival time of their next entries.
   */
  private @Nullable CaptureFeed waiting;

  private int opened;

  /**
   * Receiver of the entries of the merged files, in the order of arrival times. It also learns when
   * a file ends, and when the merge waits.
   */
  interface Visitor {
    /**
     * Receives the next entry, which is a message or a damaged place of a file. The file has
     * already advanced beyond the entry.
     */
    void entry(CaptureFeed file, CaptureFeed.Entry entry);

    /** Records that a file has no more entries. Its reading may have failed. */
    void end(CaptureFeed file);

    /** Records that the merge waits for the disk. It is called every half second of the wait. */
    void waits();
  }

  /**
   * Creates a merge of files that are not yet open.
   *
   * @param inOrder files in the order of their start
   * @param skipped number of entries at the beginning of a file to ignore
   */
  CaptureMerge(List<Listed> inOrder, ToLongFunction<Listed> skipped, Limits limits) {
    this.inOrder = inOrder;
    this.skipped = skipped;
    this.limits = limits;
  }

  /** Returns the number of files that are not yet read to their ends. */
  int left() {
    return inOrder.size() - opened + feeds.size() + (waiting == null ? 0 : 1);
  }

  void run(Visitor visitor) {
    while (opened < inOrder.size() || !feeds.isEmpty()) {
      CaptureFeed next = feeds.peek();
      if (begins(next)) {
        Listed file = inOrder.get(opened++);
        next = new CaptureFeed(file, skipped.applyAsLong(file), limits);
        waiting = next;
      } else {
        next = Objects.requireNonNull(feeds.poll());
        waiting = next;
        CaptureFeed.Entry entry = next.head();
        next.advance();
        visitor.entry(next, entry);
      }
      while (!next.awaitNext()) {
        visitor.waits();
      }
      if (next.isAtEnd()) {
        visitor.end(next);
      } else {
        feeds.add(next);
      }
      waiting = null;
    }
  }

  private boolean begins(@Nullable CaptureFeed first) {
    return opened < inOrder.size()
        && feeds.size() < OPEN_FILES
        && (first == null || inOrder.get(opened).at() <= first.head().at());
  }

  @Override
  public void close() {
    feeds.forEach(CaptureFeed::close);
    feeds.clear();
    CaptureFeed last = waiting;
    if (last != null) {
      last.close();
      waiting = null;
    }
  }
}
