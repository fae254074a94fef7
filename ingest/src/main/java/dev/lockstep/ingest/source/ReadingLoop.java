package dev.lockstep.ingest.source;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runner of the work of a source's reading thread, which repeats and pauses the work until the
 * source is closed.
 */
public final class ReadingLoop {
  private static final Logger LOG = LoggerFactory.getLogger(ReadingLoop.class);
  private static final long CLOSE_SECONDS = 30;

  private final String source;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean started;

  /**
   * Creates the loop of a source, which does nothing until it is run.
   *
   * @param source name of the source
   */
  public ReadingLoop(String source) {
    this.source = source;
  }

  /** Repeats the work of reading a source in the calling thread until {@link #end} is called. */
  public void run(String what, Runnable work) {
    started = true;
    LOG.info(
        "{}: this instance begins to read {}; a log line follows for each partition or folder"
            + " once it is being read",
        source,
        what);
    try {
      while (!isOver()) {
        work.run();
      }
    } finally {
      LOG.info("{}: this instance no longer reads this source", source);
      ended.countDown();
    }
  }

  public boolean isOver() {
    return closing.getCount() == 0;
  }

  /**
   * Waits for a time, and returns whether the whole time passed. A call of {@link #end} or an
   * interrupt cuts the wait short.
   */
  public boolean pause(long millis) {
    try {
      return !closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Waits for a time, or until {@link #end} is called; an interrupt has the effect of {@link #end}.
   */
  public void pauseOrEnd(long millis) {
    if (!pause(millis)) {
      end();
    }
  }

  /**
   * Tells the source's reading thread to stop, and returns at once, without waiting for the end of
   * the thread. {@link #awaitEnd} waits.
   */
  public void end() {
    closing.countDown();
  }

  /**
   * Waits at most half a minute for the reading thread to stop. The method {@link #end}, which
   * makes the thread stop, has to be called first. Returns at once if the thread never began to
   * read.
   */
  public void awaitEnd() {
    try {
      if (started && !ended.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn(
            "{}: the source did not stop within {} s; messages that are not committed are read"
                + " again",
            source,
            CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
