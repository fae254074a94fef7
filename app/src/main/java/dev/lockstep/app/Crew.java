package dev.lockstep.app;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads that do a service's work, and which of them a failure has ended. */
final class Crew {
  private static final Logger LOG = LoggerFactory.getLogger(Crew.class);

  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, String> fallen = new ConcurrentSkipListMap<>();

  /** Starts a thread. What it throws, such as a heap that is full, is not come back from. */
  void start(String name, Runnable work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (RuntimeException | Error e) {
                fallen.put(name, Failures.said(e));
                LOG.error("{} has ended by a failure", name, e);
              }
            },
            name);
    threads.add(thread);
    thread.start();
  }

  /** Returns which have ended by a failure, and by which. */
  List<String> fallen() {
    return fallen.entrySet().stream()
        .map(one -> "%s has ended by a failure (%s)".formatted(one.getKey(), one.getValue()))
        .toList();
  }

  /** Waits for the end of each, so long at most. */
  void join(Duration each) {
    for (Thread thread : threads) {
      try {
        thread.join(each.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
