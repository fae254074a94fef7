package dev.lockstep.ingest.capture;

import dev.lockstep.ingest.capture.CaptureListing.Listed;
import dev.lockstep.ingest.message.Limits;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Reads files to their ends, merging those that overlap by arrival. */
final class CaptureMerge implements AutoCloseable {
  /** So many files are open at once; further ones that overlap wait until one has ended. */
  private static final int OPEN_FILES = 32;

  private final List<Listed> inOrder;
  private final ToLongFunction<Listed> skipped;
  private final Limits limits;

  /** What is open, the file whose next entry arrived first at the head. */
  private final PriorityQueue<CaptureFeed> feeds =
      new PriorityQueue<>(
          Comparator.comparingLong((CaptureFeed feed) -> feed.head().at())
              .thenComparing(feed -> feed.file().path().path()));

  /** What is not in the queue because its next entry is not known yet. */
  private @Nullable CaptureFeed waiting;

  private int opened;

  /** Takes what comes, one after another. */
  interface Visitor {
    /** Takes an entry of a file, which has advanced behind it. */
    void entry(CaptureFeed file, CaptureFeed.Entry entry);

    /** Is called when a file has ended. */
    void end(CaptureFeed file);

    /** Is called while the disk is waited for, twice a second or more. */
    void waits();
  }

  /**
   * Creates a merge.
   *
   * @param inOrder files by when they begin
   * @param skipped how many entries at the beginning of a file are ignored
   */
  CaptureMerge(List<Listed> inOrder, ToLongFunction<Listed> skipped, Limits limits) {
    this.inOrder = inOrder;
    this.skipped = skipped;
    this.limits = limits;
  }

  /** Returns how many files are not read to their ends. */
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
      while (!next.isReady()) {
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

  /** Whether the next file begins before anything of those that are open. */
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
