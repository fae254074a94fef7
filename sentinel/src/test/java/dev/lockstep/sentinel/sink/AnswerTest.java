package dev.lockstep.sentinel.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.sentinel.delivery.FakeTime;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerTest {
  private static String message(String body) {
    return Answer.of(
            AnswerClass.REFUSED,
            400,
            Optional.empty(),
            body.getBytes(StandardCharsets.UTF_8),
            FakeTime.START)
        .message();
  }

  @Test
  void saysWhatTheServiceSaid() {
    assertThat(message("{\"error\":{\"code\":\"InvalidStream\",\"message\":\"No such.\"}}"))
        .isEqualTo("status 400, InvalidStream: No such.");
    assertThat(message("{\"message\":\"only that\"}")).isEqualTo("status 400, only that");
    assertThat(message("")).isEqualTo("status 400");
  }

  @Test
  void takesWhatItGetsOfABrokenBody() {
    assertThat(message("<html>\nno</html>")).isEqualTo("status 400, <html>\\nno</html>");
    assertThat(message("{\"error\":{\"code\":\"Cut\",\"mess")).isEqualTo("status 400, Cut");
  }

  @Test
  void isBoundedAndOnOneVisibleLine() {
    assertThat(message("\u202E\u0000\uD83D\uDE80" + "x".repeat(5_000)))
        .startsWith("status 400, \\u202e\\u0000\uD83D\uDE80xxx")
        .endsWith("x…")
        .hasSizeLessThan(330);
  }
}
