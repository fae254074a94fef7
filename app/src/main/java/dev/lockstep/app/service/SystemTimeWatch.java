package dev.lockstep.app.service;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Check whether the clock of this machine was set back. Kafka's clients take their times from the
 * clock, and send no heartbeat until it shows the time of their last heartbeat again. So their
 * groups expel them, again and again, although the cluster is well.
 */
final class SystemTimeWatch {
  /**
   * Largest number of milliseconds by which the clock may be behind the latest time that was seen.
   * If the clock is further behind, {@link #problem} returns a message. The number is less than the
   * session timeout of consumer groups, by default 6 s.
   */
  private static final long MOST_BEHIND_MILLIS = 5_000;

  private final InstantSource clock;
  private long highest = Long.MIN_VALUE;

  SystemTimeWatch(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Returns a message while the clock is more than 5 s behind the latest time that any call has
   * seen, otherwise null.
   */
  synchronized @Nullable String problem() {
    long now = clock.millis();
    highest = Math.max(highest, now);
    long back = highest - now;
    return back <= MOST_BEHIND_MILLIS
        ? null
        : "the clock of this machine was set back by %d s; until it shows %s, consumer groups expel this instance again and again, and its partitions move; nothing is lost; check the time service of the machine, then restart this instance"
            .formatted(back / 1_000, Instant.ofEpochMilli(highest).truncatedTo(ChronoUnit.SECONDS));
  }
}
