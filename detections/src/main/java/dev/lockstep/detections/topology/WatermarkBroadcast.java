package dev.lockstep.detections.topology;

import java.time.Duration;

/**
 * Decision about when a watermark is sent to every task of the next stage, by comparison with the
 * watermark sent last. A watermark is sent when it has moved far enough, when something is overdue,
 * and from time to time, for tasks that another instance has taken over and that have not received
 * it.
 */
final class WatermarkBroadcast {
  private static final long STEP_MILLIS = Duration.ofMinutes(10).toMillis();
  private static final long GRACE_STEP_MILLIS = Duration.ofMinutes(1).toMillis();
  private static final long AGAIN_MILLIS = Duration.ofSeconds(15).toMillis();

  private long low;
  private long grace;
  private long spreadAt;

  /** Returns whether a watermark has to be sent now. If so, it counts as sent from then on. */
  boolean takeDue(Watermark watermark, long now) {
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
