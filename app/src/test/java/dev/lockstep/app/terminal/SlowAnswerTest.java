package dev.lockstep.app.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlowAnswerTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(printed, true, UTF_8);

  @Test
  void saysOnceThatItWaits_whereTheAnswerTakesLong() {
    try (SlowAnswer answer = SlowAnswer.of("b:9092", err, Duration.ofMillis(1))) {
      await("the line").until(() -> printed.size() > 0);
      assertThat(answer).isNotNull();
    }
    assertThat(printed.toString(UTF_8))
        .isEqualToIgnoringNewLines(
            "Still waiting for the cluster at kafka.bootstrapServers \"b:9092\".");
  }

  @Test
  void saysNothing_whereTheAnswerComesSoon() {
    SlowAnswer.of("b:9092", err, Duration.ofMillis(200)).close();
    try (SlowAnswer later = SlowAnswer.of("later:9092", err, Duration.ofMillis(300))) {
      await("the line of a later wait").until(() -> printed.size() > 0);
      assertThat(later).isNotNull();
    }
    assertThat(printed.toString(UTF_8)).contains("later").doesNotContain("\"b:9092\"");
  }
}
