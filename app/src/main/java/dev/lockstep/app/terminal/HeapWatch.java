package dev.lockstep.app.terminal;

import java.io.PrintStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Tells a user once that a command crawls because its heap is full: the collector would rather go
 * on for hours than give up. For one thread.
 */
final class HeapWatch {
  private static final long SPAN_NANOS = 20_000_000_000L;
  private static final long MOST_PERCENT = 60;

  private final PrintStream err;
  private final LongSupplier nanos;
  private final LongSupplier collecting;
  private final long heapBytes;
  private long spanAt;
  private long collectedAt;
  private boolean said;

  /**
   * @param collecting milliseconds that the collector has stopped the program for so far
   * @param heapBytes how much it may have
   */
  HeapWatch(PrintStream err, LongSupplier nanos, LongSupplier collecting, long heapBytes) {
    this.err = err;
    this.nanos = nanos;
    this.collecting = collecting;
    this.heapBytes = heapBytes;
    spanAt = nanos.getAsLong();
    collectedAt = collecting.getAsLong();
  }

  static HeapWatch on(PrintStream err) {
    return new HeapWatch(
        err, System::nanoTime, HeapWatch::collectingMillis, Runtime.getRuntime().maxMemory());
  }

  private static long collectingMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .filter(collector -> !collector.getName().contains("Concurrent"))
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }

  /** Looks how the last span of time was spent, if one is over. */
  void look() {
    long span = nanos.getAsLong() - spanAt;
    if (said || span < SPAN_NANOS) {
      return;
    }
    long spent = collecting.getAsLong() - collectedAt;
    spanAt += span;
    collectedAt += spent;
    long percent = spent * 100_000_000L / span;
    if (percent >= MOST_PERCENT) {
      said = true;
      long megabytes = heapBytes / (1024 * 1024);
      err.printf(
          Locale.ROOT,
          "could not go on at speed: %d %% of the time goes into making room in a heap of %,d MB;"
              + " give it more with LOCKSTEP_JAVA_OPTS=-Xmx%dm%n",
          percent,
          megabytes,
          2 * megabytes);
    }
  }
}
