package dev.lockstep.ingest.capture;

import dev.lockstep.ingest.capture.CaptureListing.Listed;
import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Reader of one captured file that gives its entries one by one, so that several files can be
 * merged. A thread reads ahead by some hundred kilobytes.
 */
public final class CaptureFeed implements AutoCloseable {
  private static final int CHUNK_ENTRIES = 64;
  private static final int CHUNK_BYTES = 128 << 10;
  private static final int CHUNKS = 2;
  private static final long WAIT_MILLIS = 500;

  private final Listed file;
  private final long skipped;
  private final BlockingQueue<Chunk> chunks = new ArrayBlockingQueue<>(CHUNKS);
  private List<Entry> chunk = new ArrayList<>();
  private int at;
  private boolean ended;
  private long entries;
  private long entriesToLastMessage;
  private volatile boolean closed;
  private volatile @Nullable Throwable bug;
  private @Nullable IOException failure;

  /**
   * Entry of a captured file: a message, or a damaged place.
   *
   * @param at arrival time in milliseconds since 1970; if the entry has none, that of the entry
   *     read before, or 0 if none was read before
   */
  record Entry(@Nullable SourceMessage message, @Nullable Outcome damage, long at) {
    int bytes() {
      if (message != null) {
        byte[] row = message.row();
        return message.body().length + (row == null ? 0 : row.length);
      }
      return damage instanceof Outcome.Rejected rejected
          ? rejected.letter().getBody().remaining()
          : 0;
    }
  }

  /**
   * Consecutive messages and damaged places of a captured file, which the reading thread gathers
   * and hands over together.
   *
   * @param last whether nothing follows
   * @param failure reason why the disk gave no more, or null
   */
  private record Chunk(List<Entry> entries, boolean last, @Nullable IOException failure) {}

  /** Signal that ends the reading of a closed feed. */
  private static final class UnwantedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnwantedException() {
      super("", null, false, false);
    }
  }

  /**
   * Starts a thread that reads ahead in a captured file and leaves out its first {@code skipped}
   * entries.
   *
   * @param skipped number of entries at the beginning to ignore
   */
  public CaptureFeed(Listed file, long skipped, Limits limits) {
    this.file = file;
    this.skipped = skipped;
    this.entries = skipped;
    this.entriesToLastMessage = skipped;
    Thread thread = new Thread(() -> readAhead(limits), "capture-file");
    thread.setDaemon(true);
    thread.start();
  }

  Listed file() {
    return file;
  }

  /** Returns the number of entries taken from the file, including those that were skipped. */
  long entries() {
    return entries;
  }

  /**
   * Returns the number of entries from the beginning of the file up to and including the last
   * message that was taken. If the file has grown, it is read again, and these entries are skipped.
   * Damaged places after that message are read again, because a file that was cut off has messages
   * there later.
   */
  long entriesToLastMessage() {
    return entriesToLastMessage;
  }

  @Nullable IOException failure() {
    return failure;
  }

  /**
   * Returns the next entry, and does not take it. {@link #awaitNext} has to be true and {@link
   * #isAtEnd} false.
   */
  Entry head() {
    return chunk.get(at);
  }

  void advance() {
    Entry taken = head();
    at++;
    entries++;
    if (taken.message() != null) {
      entriesToLastMessage = entries;
    }
  }

  /**
   * Waits briefly for the reading thread, and returns whether the next entry or the end of the file
   * is known.
   */
  public boolean awaitNext() {
    while (at == chunk.size() && !ended) {
      Throwable failed = bug;
      if (failed != null) {
        throw new IllegalStateException(
            "could not read the captured file %s because of %s"
                .formatted(
                    Quoted.of(file.file()),
                    failed instanceof RuntimeException
                        ? "a bug of Lockstep; report this bug"
                        : Causes.of(failed)),
            failed);
      }
      try {
        Chunk next = chunks.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        if (next == null) {
          return false;
        }
        chunk = next.entries();
        at = 0;
        ended = next.last();
        failure = next.failure();
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }
    return true;
  }

  /**
   * Returns whether all entries of the file have been taken. If reading ended with a {@link
   * #failure}, the entries before the failure are meant. Call {@link #awaitNext} first.
   */
  boolean isAtEnd() {
    return ended && at == chunk.size();
  }

  @Override
  public void close() {
    closed = true;
    chunks.clear();
  }

  private void readAhead(Limits limits) {
    Ahead ahead = new Ahead(new MessageReader(limits));
    IOException failed = null;
    try {
      new CaptureFiles(limits).readWalked(file.file(), ahead::message, ahead::damage);
    } catch (UnwantedException e) {
      return;
    } catch (IOException e) {
      failed = e;
    } catch (Throwable e) { // errors too, because the feed would wait for ever
      bug = e;
      return;
    }
    try {
      ahead.handOver(true, failed);
    } catch (UnwantedException e) {
      // the reader of this file is closed
    }
  }

  /**
   * Buffer of messages and damaged places that a thread has read from the captured file and not yet
   * handed over to the feed.
   */
  private final class Ahead {
    private final MessageReader reader;
    private List<Entry> gathered = new ArrayList<>();
    private int bytes;
    private long read;
    private long lastAt;

    Ahead(MessageReader reader) {
      this.reader = reader;
    }

    void message(SourceMessage message) {
      if (!isSkipped()) {
        lastAt = reader.arrival(message, lastAt);
        add(new Entry(message, null, lastAt));
      }
    }

    void damage(Outcome damage) {
      if (!isSkipped()) {
        add(new Entry(null, damage, lastAt));
      }
    }

    private boolean isSkipped() {
      if (closed) {
        throw new UnwantedException();
      }
      return read++ < skipped;
    }

    private void add(Entry entry) {
      gathered.add(entry);
      bytes += entry.bytes();
      if (gathered.size() >= CHUNK_ENTRIES || bytes >= CHUNK_BYTES) {
        handOver(false, null);
      }
    }

    void handOver(boolean last, @Nullable IOException failed) {
      Chunk full = new Chunk(gathered, last, failed);
      gathered = new ArrayList<>();
      bytes = 0;
      try {
        while (!chunks.offer(full, WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
          if (closed) {
            throw new UnwantedException();
          }
        }
      } catch (InterruptedException e) {
        throw new UnwantedException();
      }
    }
  }
}
