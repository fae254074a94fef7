package dev.lockstep.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class WorkerThreadsTest {
  private final List<Integer> halted = new CopyOnWriteArrayList<>();
  private final WorkerThreads workers = new WorkerThreads(new ProcessEnd(halted::add));

  @Test
  void tellsWhichThreadAnExceptionHasEnded_andWhich() {
    workers.start(
        "ingest-signins",
        () -> {
          throw new IllegalStateException("no such place");
        });
    workers.start("forward-sentinel", () -> {});
    assertThat(workers.join(Duration.ofSeconds(20))).isTrue();
    assertThat(workers.failures())
        .containsExactly(
            "thread ingest-signins has ended because of a failure (IllegalStateException \"no such"
                + " place\")");
    assertThat(halted).isEmpty();
  }

  @Test
  void endsTheProcessAfterAnError() {
    workers.start(
        "ingest-signins",
        () -> {
          throw new OutOfMemoryError("Cannot reserve 8192 bytes of direct buffer memory");
        });
    workers.start(
        "forward-sentinel",
        () -> {
          throw new NoClassDefFoundError("dev/lockstep/Gone");
        });
    assertThat(workers.join(Duration.ofSeconds(20))).isTrue();
    assertThat(halted).containsExactlyInAnyOrder(ExitCode.OUT_OF_MEMORY, ExitCode.FAILED);
  }
}
