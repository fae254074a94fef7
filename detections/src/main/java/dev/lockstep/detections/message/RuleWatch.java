package dev.lockstep.detections.message;

import dev.lockstep.schemas.process.DaemonThreadFactory;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Thread that checks every few seconds for a call of a rule that does not return. The rule is
 * logged, and the instance is not ready.
 */
public final class RuleWatch implements AutoCloseable {
  /** Time in seconds between two checks. */
  public static final int SECONDS = 5;

  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreadFactory("watch-rules"));

  private final Future<?> looks;

  /** Starts the thread, which runs the given check of the rules every {@link #SECONDS} seconds. */
  public RuleWatch(Runnable look) {
    looks = looking.scheduleWithFixedDelay(look, SECONDS, SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    looks.cancel(true);
    looking.shutdownNow();
  }
}
