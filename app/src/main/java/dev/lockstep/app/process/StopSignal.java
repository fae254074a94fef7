package dev.lockstep.app.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signal to end the process, from Ctrl-C, the system, or the program itself. A process that Ctrl-C
 * or the system ends waits until this object is closed, for a limited time.
 */
public final class StopSignal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

  private final CountDownLatch given = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Runnable> stopTasks = new ArrayList<>();

  private StopSignal() {}

  /**
   * Creates a signal that is given when the process is asked to end. The process then ends when the
   * signal is closed, or at the latest after {@code longest}.
   *
   * @param longest longest time for which the end is delayed
   */
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

  /** Gives the signal to stop. Any thread may call this. */
  public void give() {
    List<Runnable> tasks;
    synchronized (this) {
      given.countDown();
      tasks = List.copyOf(stopTasks);
      stopTasks.clear();
    }
    tasks.forEach(StopSignal::run);
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error(
          "a task of the shutdown has failed; the process stops all the same; report the failure",
          e);
    }
  }

  /**
   * Adds a short task to run when the signal is given, on the thread that gives it. If the signal
   * was given before, the task runs at once. A task that fails is logged, and the others run.
   */
  public void onStop(Runnable task) {
    synchronized (this) {
      if (given.getCount() > 0) {
        stopTasks.add(task);
        return;
      }
    }
    run(task);
  }

  public void await() throws InterruptedException {
    given.await();
  }

  /**
   * Waits for the signal, at most for a given duration, and returns whether the signal was given.
   */
  public boolean await(Duration longest) throws InterruptedException {
    return given.await(longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
