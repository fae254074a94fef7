package dev.lockstep.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

final class ProcessEndTest {
  private final List<Integer> halted = new CopyOnWriteArrayList<>();
  private final ProcessEnd end = new ProcessEnd(halted::add);

  @Test
  void addsNothing_whereAThreadEndsByAFailureThatHasBeenReported() throws Exception {
    assertThat(logOf(new IllegalStateException("odd"), false))
        .contains("thread detect-1 has ended because of a failure (IllegalStateException \"odd\")");
    assertThat(logOf(new IllegalStateException("odd"), true)).doesNotContain("detect-1");
    assertThat(logOf(new AssertionError("of a rule"), true)).doesNotContain("detect-1");
    assertThat(halted).isEmpty();
    assertThat(logOf(new AssertionError("of a rule"), false)).contains("detect-1");
    assertThat(halted).containsExactly(ExitCode.FAILED);
  }

  @Test
  void endsTheProcess_whereAnotherErrorFollowsTheReportedFailure() throws Exception {
    Thread thread =
        new Thread(
            () -> {
              end.reported(new IllegalStateException("odd"));
              throw new OutOfMemoryError("Java heap space");
            },
            "detect-1");
    thread.start();
    thread.join();
    assertThat(halted).containsExactly(ExitCode.OUT_OF_MEMORY);
  }

  /** Returns what is logged when a failure ends a thread. */
  private String logOf(Throwable failure, boolean isReported) throws InterruptedException {
    PrintStream err = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      Thread thread =
          new Thread(
              () -> {
                if (isReported) {
                  end.reported(failure);
                }
                if (failure instanceof Error error) {
                  throw error;
                }
                throw (RuntimeException) failure;
              },
              "detect-1");
      thread.setUncaughtExceptionHandler(end::uncaught); // as the default of a running service
      thread.start();
      thread.join();
    } finally {
      System.setErr(err);
    }
    return log.toString(StandardCharsets.UTF_8);
  }
}
