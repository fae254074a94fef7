package dev.lockstep.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotedTest {
  @Test
  void showsNothingThatMovesACursorOrTurnsText() {
    assertThat(Quoted.of("a\u001b[2J\r\n\t\"\\\u202e\u2028é"))
        .isEqualTo("\"a\\u001b[2J\\r\\n\\t\\\"\\\\\\u202e\\u2028é\"");
  }

  @Test
  void cutsWhatIsLong() {
    assertThat(Quoted.of("x".repeat(5_000))).hasSize(123).endsWith("x…\"");
  }

  @Test
  void showsNull() {
    assertThat(Quoted.of(null)).isEqualTo("\"null\"");
  }
}
