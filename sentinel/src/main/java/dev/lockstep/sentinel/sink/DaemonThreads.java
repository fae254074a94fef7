package dev.lockstep.sentinel.sink;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Pools of threads that do not keep the process from ending. */
public final class DaemonThreads {
  private DaemonThreads() {}

  /** Returns a pool without a bound, whose threads all have a name. */
  public static ExecutorService pool(String name) {
    return Executors.newCachedThreadPool(
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }
}
