package dev.lockstep.app.service;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Failures of the threads that make detections. A thread is replaced {@value #MOST} times in 10
 * minutes at most: what fails more often does not go away by itself.
 */
final class ThreadFailures {
  /** Most replacements of threads within {@link #WINDOW}. */
  static final int MOST = 5;

  static final Duration WINDOW = Duration.ofMinutes(10);

  /** For how long after the first failure its task is not back for certain. */
  private static final Duration SETTLING = Duration.ofSeconds(20);

  /** For how long after the last of several failures the next one is expected. */
  private static final Duration EXPECTED = Duration.ofMinutes(2);

  private final LongSupplier nanos;
  private final Deque<Long> times = new ArrayDeque<>();
  private String last = "";

  ThreadFailures(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Notes one, and returns how many there were in the last 10 minutes. */
  synchronized int note(String why) {
    last = why;
    long now = nanos.getAsLong();
    times.add(now);
    while (now - times.element() > WINDOW.toNanos()) {
      times.remove();
    }
    return times.size();
  }

  /** Returns that a task failed just now, or fails again and again; null if none does. */
  synchronized @Nullable String now() {
    Long latest = times.peekLast();
    if (latest == null) {
      return null;
    }
    long since = nanos.getAsLong() - latest;
    if (times.size() == 1) {
      return since > SETTLING.toNanos() ? null : "a task failed and is started anew: " + last;
    }
    if (since > EXPECTED.toNanos()) {
      return null;
    }
    return "a task fails again and again, %d times in 10 minutes: %s; %s"
        .formatted(times.size(), last, FIX);
  }

  /** Returns that there were too many to go on. */
  synchronized String tooMany() {
    return "could not go on with detect: a thread failed %d times in 10 minutes: %s; %s"
        .formatted(times.size(), last, FIX);
  }

  private static final String FIX =
      "see \"A thread that fails again and again\" in docs/operations.md";
}
