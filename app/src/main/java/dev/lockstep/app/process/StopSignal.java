package dev.lockstep.app.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * That the process is to end, by Ctrl-C or a signal; it waits then, as long as is granted, until
 * this is closed, so that what runs can end in order. It can be given from within as well.
 */
public final class StopSignal implements AutoCloseable {
  private final CountDownLatch given = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Runnable> told = new ArrayList<>();

  private StopSignal() {}

  /** Takes the process's signals from now on. */
  public static StopSignal granting(Duration longest) {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> signal.end(longest), "stop"));
    return signal;
  }

  private void end(Duration longest) {
    give();
    try {
      closed.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gives it, from any thread. */
  public synchronized void give() {
    if (given.getCount() > 0) {
      given.countDown();
      told.forEach(Runnable::run);
    }
  }

  /** Runs something short when it is given, on the thread that gives it; at once if it is. */
  public synchronized void tell(Runnable task) {
    if (given.getCount() > 0) {
      told.add(task);
    } else {
      task.run();
    }
  }

  /** Waits until it is given. */
  public void await() throws InterruptedException {
    given.await();
  }

  /** Waits so long at most; returns if it is given. */
  public boolean await(Duration longest) throws InterruptedException {
    return given.await(longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
