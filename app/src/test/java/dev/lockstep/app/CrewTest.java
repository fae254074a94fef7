package dev.lockstep.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CrewTest {
  private final Crew crew = new Crew();

  @Test
  void tellsWhomAFailureHasEnded_andByWhich() {
    crew.start(
        "ingest-signins",
        () -> {
          throw new OutOfMemoryError("Java heap space");
        });
    crew.start("forward-sentinel", () -> {});
    crew.join(Duration.ofSeconds(20));
    assertThat(crew.fallen())
        .containsExactly(
            "ingest-signins has ended by a failure (OutOfMemoryError \"Java heap space\")");
  }
}
