package dev.lockstep.app.terminal;

import java.io.PrintStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Watch that warns once when garbage collection takes most of a command's time, because the heap is
 * nearly full. Without a warning, such a command could run for hours and not fail. For one thread.
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
  private boolean warned;

  /**
   * @param collecting milliseconds for which the garbage collector has stopped the program so far
   * @param heapBytes size of the heap in bytes
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

  void look() {
    long span = nanos.getAsLong() - spanAt;
    if (warned || span < SPAN_NANOS) {
      return;
    }
    long spent = collecting.getAsLong() - collectedAt;
    spanAt += span;
    collectedAt += spent;
    long percent = spent * 100_000_000L / span;
    if (percent >= MOST_PERCENT) {
      warned = true;
      long megabytes = heapBytes / (1024 * 1024);
      err.printf(
          Locale.ROOT,
          "could not continue at full speed: garbage collection in a heap of %2$,d MB takes %1$d %%"
              + " of the time; enlarge the heap with LOCKSTEP_JAVA_OPTS=-Xmx%3$dm%n",
          percent,
          megabytes,
          2 * megabytes);
    }
  }
}
