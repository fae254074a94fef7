package dev.lockstep.app.process;

import dev.lockstep.app.terminal.Failures;
import dev.lockstep.schemas.process.Causes;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handler of errors after which the process cannot continue, such as a full heap. It logs the error
 * and ends the process at once. Committed data are not lost.
 */
public final class ProcessEnd {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessEnd.class);

  private final IntConsumer halt;
  private volatile Consumer<String> marker = reason -> {};

  public ProcessEnd() {
    this(Runtime.getRuntime()::halt);
  }

  /**
   * @param halt function that ends the process with an exit code
   */
  public ProcessEnd(IntConsumer halt) {
    this.halt = halt;
  }

  /** Sets a function that stores why the process ended, so that the next process can report it. */
  public void markBy(Consumer<String> marker) {
    this.marker = marker;
  }

  /** Ends the process because of an error in one of its threads. */
  public void after(String thread, Throwable error) {
    boolean full = Causes.find(error, OutOfMemoryError.class) != null;
    try {
      marker.accept(full ? "out of memory" : Failures.message(error));
      LOG.error(
          "could not continue: thread {} failed ({}), so the process ends; start this instance again,"
              + " {}",
          thread,
          Failures.message(error),
          full ? "with more memory" : "and report the failure");
      LOG.debug("thread {} failed with this error, and so the process ends", thread, error);
    } finally { // a full heap may have no room for a log line
      halt.accept(full ? ExitCode.OUT_OF_MEMORY : ExitCode.FAILED);
    }
  }

  /**
   * Ends the process if a thread ended because of an {@code Error}, or of an exception that an
   * {@code Error} caused. Any other failure is only logged.
   */
  public void uncaught(Thread thread, Throwable failure) {
    if (Causes.find(failure, Error.class) != null) {
      after(thread.getName(), failure);
    } else {
      LOG.error(
          "thread {} has ended because of a failure ({}); restart this instance, and report the"
              + " failure",
          thread.getName(),
          Failures.message(failure));
      LOG.debug("thread {} has ended because of this failure", thread.getName(), failure);
    }
  }

  /**
   * Prevents a second report of a failure that ends the current thread. The failure has been
   * reported, and the thread may be replaced. If another failure ends the thread, that one is
   * handled as any other.
   */
  public void reported(Throwable failure) {
    Thread.currentThread()
        .setUncaughtExceptionHandler(
            (thread, last) -> {
              if (last != failure) {
                uncaught(thread, last);
              }
            });
  }

  /**
   * Passes an error to the current thread's handler of uncaught failures. A timer would swallow the
   * error.
   */
  public static void pass(Error error) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
  }
}
