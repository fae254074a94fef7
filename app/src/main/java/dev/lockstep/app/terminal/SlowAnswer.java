package dev.lockstep.app.terminal;

import dev.lockstep.schemas.text.Quoted;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Message on standard error, after 3 s, that a command still waits for the Kafka cluster. It is
 * printed once, and not at all if this object is closed before.
 */
public final class SlowAnswer implements AutoCloseable {
  private static final Duration USUAL = Duration.ofSeconds(3);

  private final PrintStream err;
  private final String line;
  private boolean over;

  private SlowAnswer(PrintStream err, String line) {
    this.err = err;
    this.line = line;
  }

  /**
   * Schedules the message that a command still waits for the Kafka cluster.
   *
   * @param servers value of {@code kafka.bootstrapServers}
   */
  public static SlowAnswer of(String servers) {
    return of(servers, System.err, USUAL);
  }

  static SlowAnswer of(String servers, PrintStream err, Duration usual) {
    SlowAnswer answer =
        new SlowAnswer(
            err,
            "Still waiting for the cluster at kafka.bootstrapServers %s."
                .formatted(Quoted.of(servers)));
    CompletableFuture.delayedExecutor(usual.toMillis(), TimeUnit.MILLISECONDS)
        .execute(answer::print);
    return answer;
  }

  private synchronized void print() {
    if (!over) {
      err.println(line);
    }
  }

  @Override
  public synchronized void close() {
    over = true;
  }
}
