package dev.lockstep.app.terminal;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Progress display on standard error: a bar on a terminal, a line every few seconds elsewhere, and
 * nothing when quiet. In all three cases it warns if the heap is too small. For one thread.
 */
public final class Progress {
  private static final long LINE_EVERY_NANOS = 3_000_000_000L;

  private final PrintStream err;
  private final Look look;
  private final LongSupplier nanos;
  private final HeapWatch heap;
  private @Nullable ProgressBar bar;
  private String work = "";
  private long total;
  private long printedAt;
  private long printedPercent = -1;

  private enum Look {
    BAR,
    LINES,
    NOTHING
  }

  private Progress(PrintStream err, Look look, LongSupplier nanos) {
    this.err = look == Look.BAR ? ErrorOutput.terminal(err) : err;
    this.look = look;
    this.nanos = nanos;
    heap = HeapWatch.on(err);
  }

  /** Returns the display for a command, on standard error. */
  public static Progress of(boolean quiet) {
    return on(System.err, quiet, Boolean.getBoolean("lockstep.terminal"), System::nanoTime);
  }

  public static Progress on(PrintStream err, boolean quiet, boolean terminal, LongSupplier nanos) {
    return new Progress(err, quiet ? Look.NOTHING : terminal ? Look.BAR : Look.LINES, nanos);
  }

  /** Starts the display of a piece of work. A total of -1 means that it is unknown. */
  public void begin(String newWork, long newTotal) {
    work = newWork;
    total = newTotal;
    printedAt = nanos.getAsLong();
    printedPercent = -1;
    if (look == Look.BAR) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(newWork)
              .setInitialMax(newTotal)
              .setStyle(ProgressBarStyle.ASCII)
              .setConsumer(new ConsoleProgressBarConsumer(err))
              .setUpdateIntervalMillis(200)
              .build();
    }
  }

  public void at(long done) {
    heap.look();
    if (bar != null) {
      bar.stepTo(done);
    } else if (look == Look.LINES && nanos.getAsLong() - printedAt >= LINE_EVERY_NANOS) {
      printedAt = nanos.getAsLong();
      if (total > 0) {
        printPercent(Math.min(100, 100 * done / total));
      } else {
        err.printf(Locale.ROOT, "%s: %,d%n", work, done);
      }
    }
  }

  private void printPercent(long percent) {
    printedPercent = percent;
    err.printf(Locale.ROOT, "%s: %d %%%n", work, percent);
  }

  /** Fills the bar at the end of a piece of work, or prints 100 % if less was printed. */
  public void done() {
    if (bar != null && total > 0) {
      bar.stepTo(total);
    } else if (printedPercent >= 0 && printedPercent < 100) {
      printPercent(100);
    }
  }

  /**
   * Ends the display of a piece of work. If the work failed, the display stays at the progress that
   * was reached.
   */
  public void end() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
