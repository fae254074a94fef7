package dev.lockstep.app.process;

import dev.lockstep.app.terminal.Failures;
import dev.lockstep.schemas.Causes;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * End of the process, at once, after an error that leaves its threads in no state to go on: a heap
 * that is full, a class that is missing. Nothing that is committed is lost by it.
 */
public final class ProcessEnd {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessEnd.class);

  private final IntConsumer halt;
  private volatile Consumer<String> note = reason -> {};

  /** Creates the end of this process. */
  public ProcessEnd() {
    this(Runtime.getRuntime()::halt);
  }

  /**
   * @param halt takes the exit code, and does not return where it ends the process
   */
  public ProcessEnd(IntConsumer halt) {
    this.halt = halt;
  }

  /** Has the reason noted where the next process finds it. */
  public void noteBy(Consumer<String> marker) {
    note = marker;
  }

  /** Ends the process because of an error in one of its threads. */
  public void after(String thread, Throwable error) {
    boolean full = Causes.find(error, OutOfMemoryError.class) != null;
    try {
      note.accept(full ? "out of memory" : Failures.said(error));
      LOG.error("could not go on: {} failed ({}); the process ends", thread, Failures.said(error));
      LOG.debug("{} failed", thread, error);
    } finally { // a full heap may hold no room for a line
      halt.accept(full ? ExitCode.OUT_OF_MEMORY : ExitCode.FAILED);
    }
  }

  /** Ends the process if a thread that nobody watches failed by an error; logs an exception. */
  public void uncaught(Thread thread, Throwable failure) {
    if (Causes.find(failure, Error.class) != null) {
      after(thread.getName(), failure);
    } else {
      LOG.error("{} has ended by a failure ({})", thread.getName(), Failures.said(failure));
      LOG.debug("{} has ended", thread.getName(), failure);
    }
  }

  /** Hands an error to whoever watches a thread, where a timer would keep it to itself. */
  public static void pass(Error error) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
  }
}
