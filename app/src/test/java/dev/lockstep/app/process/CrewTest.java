package dev.lockstep.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class CrewTest {
  private final List<Integer> halted = new CopyOnWriteArrayList<>();
  private final Crew crew = new Crew(new ProcessEnd(halted::add));

  @Test
  void tellsWhichThreadAnExceptionHasEnded_andWhich() {
    crew.start(
        "ingest-signins",
        () -> {
          throw new IllegalStateException("no such place");
        });
    crew.start("forward-sentinel", () -> {});
    assertThat(crew.join(Duration.ofSeconds(20))).isTrue();
    assertThat(crew.fallen())
        .containsExactly(
            "ingest-signins has ended by a failure (IllegalStateException \"no such place\")");
    assertThat(halted).isEmpty();
  }

  @Test
  void endsTheProcessAfterAnError() {
    crew.start(
        "ingest-signins",
        () -> {
          throw new OutOfMemoryError("Cannot reserve 8192 bytes of direct buffer memory");
        });
    crew.start(
        "forward-sentinel",
        () -> {
          throw new NoClassDefFoundError("dev/lockstep/Gone");
        });
    assertThat(crew.join(Duration.ofSeconds(20))).isTrue();
    assertThat(halted).containsExactlyInAnyOrder(ExitCode.OUT_OF_MEMORY, ExitCode.FAILED);
  }
}
