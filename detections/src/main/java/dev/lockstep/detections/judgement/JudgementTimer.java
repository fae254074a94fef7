package dev.lockstep.detections.judgement;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * Timer of judgements: a rule that takes a second for one is slow, unless the garbage collector
 * took it.
 */
public final class JudgementTimer {
  private static final long SLOW_NANOS = 1_000_000_000L;

  private final LongSupplier nanos;
  private final LongSupplier collectedMillis;
  private long beganAt;
  private long collectedBefore;

  /** Creates a timer by the clock and the collector of this process. */
  public JudgementTimer() {
    this(System::nanoTime, JudgementTimer::collected);
  }

  /**
   * Creates a timer.
   *
   * @param nanos clock in nanoseconds
   * @param collectedMillis time that collections have taken so far
   */
  public JudgementTimer(LongSupplier nanos, LongSupplier collectedMillis) {
    this.nanos = nanos;
    this.collectedMillis = collectedMillis;
  }

  private static long collected() {
    long millis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      millis += Math.max(0, collector.getCollectionTime());
    }
    return millis;
  }

  /** Notes that a judgement begins. */
  public void begins() {
    beganAt = nanos.getAsLong();
  }

  /**
   * Returns how many milliseconds the judgement took that began last, 0 if it is not slow. All
   * collections since this was asked of a long one last are taken off: that is seldom asked.
   */
  public long millisIfSlow() {
    long took = nanos.getAsLong() - beganAt;
    if (took < SLOW_NANOS) {
      return 0;
    }
    long collected = collectedMillis.getAsLong();
    long own = took / 1_000_000 - (collected - collectedBefore);
    collectedBefore = collected;
    return own * 1_000_000 >= SLOW_NANOS ? own : 0;
  }
}
