package dev.lockstep.app.service;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counter of the failures of Kafka Streams threads in the last 10 minutes. Failures with a cause
 * outside the process, such as a full disk ({@link DiskSpaceCheck}), are not counted. A thread is
 * replaced up to {@value #MOST} times in 10 minutes, because more frequent failures do not go away
 * by themselves.
 */
final class ThreadFailures {
  /**
   * Number of failures within {@link #WINDOW} up to which each failed Kafka Streams thread is
   * replaced. After one more failure, the service is given up. Failures with a cause outside the
   * process do not count.
   */
  static final int MOST = 5;

  static final Duration WINDOW = Duration.ofMinutes(10);

  /** Time for which {@link #problem} reports a single failure of a Kafka Streams thread. */
  private static final Duration SINGLE_SHOWN = Duration.ofSeconds(20);

  /**
   * Time for which {@link #problem} reports repeated failures of Kafka Streams threads, counted
   * from the latest failure.
   */
  private static final Duration REPEATED_SHOWN = Duration.ofMinutes(2);

  private final LongSupplier nanos;
  private final Deque<Long> times = new ArrayDeque<>();
  private String last = "";

  ThreadFailures(LongSupplier nanos) {
    this.nanos = nanos;
  }

  synchronized int record(String why) {
    last = why;
    long now = nanos.getAsLong();
    times.add(now);
    while (now - times.element() > WINDOW.toNanos()) {
      times.remove();
    }
    return times.size();
  }

  /**
   * Returns a message about recent failures of Kafka Streams threads, or null if there are none. A
   * single failure is recent for 20 s. After several failures within 10 minutes, the latest is
   * recent for 2 minutes.
   */
  synchronized @Nullable String problem() {
    Long latest = times.peekLast();
    if (latest == null) {
      return null;
    }
    long since = nanos.getAsLong() - latest;
    if (times.size() == 1) {
      return since > SINGLE_SHOWN.toNanos() ? null : "a task failed and is restarted: " + last;
    }
    if (since > REPEATED_SHOWN.toNanos()) {
      return null;
    }
    return "a task fails again and again, %d times in 10 minutes: %s; %s"
        .formatted(times.size(), last, FIX);
  }

  synchronized String tooMany() {
    return "could not continue detect: a thread failed %d times in 10 minutes: %s; %s"
        .formatted(times.size(), last, FIX);
  }

  private static final String FIX =
      "see \"A thread that fails again and again\" in docs/operations.md";
}
