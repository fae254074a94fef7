package dev.lockstep.detections.judgement;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * Stopwatch that finds slow judgements: those of a second or more after subtraction of garbage
 * collections.
 */
public final class JudgementTimer {
  private static final long SLOW_NANOS = 1_000_000_000L;

  /**
   * Longest time for which a measured garbage collection time is reused for later judgements. To
   * measure it is expensive, so it is done seldom.
   */
  private static final long FRESH_NANOS = 100_000_000L;

  private final LongSupplier nanos;
  private final LongSupplier collectedMillis;
  private long beganAt;
  private long collectedBefore;
  private long readAt;

  /**
   * Creates a timer that uses the clock of this process and subtracts the time of its garbage
   * collections.
   */
  public JudgementTimer() {
    this(System::nanoTime, JudgementTimer::collected);
  }

  /**
   * Creates a timer that reads the time, and the time spent in garbage collections, from functions.
   *
   * @param nanos clock in nanoseconds
   * @param collectedMillis total time of collections so far, in milliseconds
   */
  public JudgementTimer(LongSupplier nanos, LongSupplier collectedMillis) {
    this.nanos = nanos;
    this.collectedMillis = collectedMillis;
    this.collectedBefore = collectedMillis.getAsLong();
    this.readAt = nanos.getAsLong();
  }

  private static long collected() {
    long millis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      millis += Math.max(0, collector.getCollectionTime());
    }
    return millis;
  }

  /** Records the start of a judgement. */
  public void begins() {
    beganAt = nanos.getAsLong();
    if (beganAt - readAt > FRESH_NANOS) {
      collectedBefore = collectedMillis.getAsLong();
      readAt = beganAt;
    }
  }

  /**
   * Returns how many milliseconds the current judgement has taken without garbage collections, or 0
   * if that is less than a second. Collections in the last 0.1 s before the judgement may be
   * subtracted too.
   */
  public long millisIfSlow() {
    long now = nanos.getAsLong();
    long took = now - beganAt;
    if (took < SLOW_NANOS) {
      return 0;
    }
    long collected = collectedMillis.getAsLong();
    long own = took / 1_000_000 - (collected - collectedBefore);
    collectedBefore = collected;
    readAt = now;
    return own * 1_000_000 >= SLOW_NANOS ? own : 0;
  }
}
