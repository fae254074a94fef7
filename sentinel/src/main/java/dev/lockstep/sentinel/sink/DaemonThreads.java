package dev.lockstep.sentinel.sink;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Pools of threads that do not keep the process alive. */
public final class DaemonThreads {
  private DaemonThreads() {}

  /** Returns an unbounded pool of named threads. */
  public static ExecutorService pool(String name) {
    return Executors.newCachedThreadPool(
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }
}
