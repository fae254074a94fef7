package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class SystemTimeWatchTest {
  private Instant now = Instant.parse("2026-11-30T12:00:00.250Z");
  private final SystemTimeWatch watch = new SystemTimeWatch(() -> now);

  @Test
  void isQuiet_whileTheClockGoesOn_jumpsAhead_orIsCorrectedByLittle() {
    assertThat(watch.problem()).isNull();
    now = now.plusSeconds(7_200);
    assertThat(watch.problem()).isNull();
    now = now.minusSeconds(5);
    assertThat(watch.problem()).isNull();
  }

  @Test
  void saysThatTheClockWasSetBack_untilItHasCaughtUp() {
    assertThat(watch.problem()).isNull();
    now = now.minusSeconds(3_600);
    assertThat(watch.problem())
        .startsWith(
            "the clock of this machine was set back by 3600 s; until it shows 2026-11-30T12:00:00Z,")
        .endsWith("restart this instance");
    now = now.plusSeconds(600);
    assertThat(watch.problem()).contains("set back by 3000 s");
    now = now.plusSeconds(3_000);
    assertThat(watch.problem()).isNull();
  }
}
