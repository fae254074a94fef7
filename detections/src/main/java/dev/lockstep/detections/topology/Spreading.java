package dev.lockstep.detections.topology;

import java.time.Duration;

/**
 * Decides when a watermark goes to every task of the next stage: when it has moved far enough, when
 * something is overdue, and from time to time, since a task that was moved has not heard of it.
 */
final class Spreading {
  private static final long STEP_MILLIS = Duration.ofMinutes(10).toMillis();
  private static final long GRACE_STEP_MILLIS = Duration.ofMinutes(1).toMillis();
  private static final long AGAIN_MILLIS = Duration.ofSeconds(15).toMillis();

  private long low;
  private long grace;
  private long spreadAt;

  /** Returns if a watermark is to be spread now, and notes that it is. */
  boolean isDue(Watermark watermark, long now) {
    boolean due =
        watermark.low() - low >= STEP_MILLIS
            || watermark.grace() - grace >= GRACE_STEP_MILLIS
            || watermark.overdue()
            || now - spreadAt >= AGAIN_MILLIS;
    if (due) {
      low = watermark.low();
      grace = watermark.grace();
      spreadAt = now;
    }
    return due;
  }
}
