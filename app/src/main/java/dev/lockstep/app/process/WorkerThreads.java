package dev.lockstep.app.process;

import dev.lockstep.app.terminal.Failures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starter of a service's threads, which remembers the exceptions that ended threads, and ends the
 * process after an {@code Error}.
 */
public final class WorkerThreads {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerThreads.class);

  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, String> failures = new ConcurrentSkipListMap<>();
  private final ProcessEnd end;

  public WorkerThreads(ProcessEnd end) {
    this.end = end;
  }

  /** Starts a daemon thread, which does not keep the process alive. */
  public void start(String name, Runnable work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (RuntimeException e) {
                failures.put(name, Failures.message(e));
                LOG.error(
                    "thread {} has ended because of a failure; restart this instance, and report"
                        + " the failure",
                    name,
                    e);
              } catch (Error e) {
                failures.put(name, Failures.message(e));
                end.after(name, e);
              }
            },
            name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /** Returns a sentence about each thread that has ended because of a failure. */
  public List<String> failures() {
    return failures.entrySet().stream()
        .map(
            one ->
                "thread %s has ended because of a failure (%s)"
                    .formatted(one.getKey(), one.getValue()))
        .toList();
  }

  /**
   * Waits until all threads have ended, at most for a given duration, and returns whether all have
   * ended.
   *
   * @param all longest wait
   */
  public boolean join(Duration all) {
    long until = System.nanoTime() + all.toNanos();
    for (Thread thread : threads) {
      try {
        thread.join(Math.max(1, (until - System.nanoTime()) / 1_000_000));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return threads.stream().noneMatch(Thread::isAlive);
  }
}
