package dev.lockstep.ingest.source;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For how long a source is read: from its start until it is closed, on one thread. */
public final class Lifetime {
  private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);
  private static final long CLOSE_SECONDS = 30;

  private final String source;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean started;

  /** Creates the lifetime of the source of that name. */
  public Lifetime(String source) {
    this.source = source;
  }

  /** Does the work again and again until it is over. */
  public void run(String what, Runnable work) {
    started = true;
    LOG.info("{}: starts to read {}", source, what);
    try {
      while (!isOver()) {
        work.run();
      }
    } finally {
      LOG.info("{}: has stopped", source);
      ended.countDown();
    }
  }

  public boolean isOver() {
    return closing.getCount() == 0;
  }

  /** Waits so long, or until it is over; false if it is, or if the thread is to stop. */
  public boolean pause(long millis) {
    try {
      return !closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Waits as {@link #pause} does; it is over if the thread is to stop. */
  public void pauseOrEnd(long millis) {
    if (!pause(millis)) {
      end();
    }
  }

  /** Says that it is over, and waits for nothing. */
  public void end() {
    closing.countDown();
  }

  /** Waits for the work at hand once it is over, at most half a minute. */
  public void awaitEnd() {
    try {
      if (started && !ended.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("{}: did not stop within {} s", source, CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
