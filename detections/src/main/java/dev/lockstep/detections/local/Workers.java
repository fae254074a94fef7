package dev.lockstep.detections.local;

import dev.lockstep.schemas.process.DaemonThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Threads over which a driver spreads its work. A method that starts tasks returns when all of them
 * have ended.
 */
final class Workers implements AutoCloseable {
  private final int threads;
  private final ExecutorService pool;

  /** Creates a pool of threads. */
  Workers(int threads) {
    this.threads = threads;
    this.pool = Executors.newFixedThreadPool(threads, new DaemonThreadFactory("correlate"));
  }

  /**
   * Task of one thread on a range of the activities or revisions that are processed together. It
   * decodes activities, or observes activities or revisions of calls.
   */
  interface Part {
    void work(int place, int from, int to);
  }

  /** Divides a range among the threads. A short range is left to the calling thread. */
  void parts(int size, Part part) {
    if (threads == 1 || size < 64) {
      part.work(0, 0, size);
      return;
    }
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int place = i;
      int from = (int) ((long) size * i / threads);
      int to = (int) ((long) size * (i + 1) / threads);
      running.add(pool.submit(() -> part.work(place, from, to)));
    }
    await(running);
  }

  /** Does the given work for each item, with the items spread over the threads. */
  <T> void each(List<T> items, Consumer<T> work) {
    if (threads == 1) {
      items.forEach(work);
      return;
    }
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int first = i;
      running.add(
          pool.submit(
              () -> {
                for (int at = first; at < items.size(); at += threads) {
                  work.accept(items.get(at));
                }
              }));
    }
    await(running);
  }

  private static void await(List<Future<?>> running) {
    for (Future<?> one : running) {
      try {
        one.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw new IllegalStateException("a worker thread of the local engine failed", e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(
            "the thread was interrupted while it waited for workers of the local engine", e);
      }
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
