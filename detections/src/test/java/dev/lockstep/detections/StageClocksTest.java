package dev.lockstep.detections;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StageClocksTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final long DAY = Duration.ofDays(1).toMillis();

  private final StageClocks clocks = new StageClocks(1);

  @Test
  void followsAnArchive_thatIsFarBehindALiveHub() {
    clocks.advance("live", 0, false);
    clocks.advance("archive", 0, false);
    clocks.advance("live", NOW, false);
    for (long day = 60; day > 0; day--) {
      clocks.advance("archive", NOW - day * DAY, false);
      clocks.advance("live", NOW + (60 - day), false);
      assertThat(clocks.low()).isEqualTo(NOW - day * DAY);
    }
    clocks.advance("archive", NOW - DAY, true);
    clocks.advance("live", NOW + 100, false);
    assertThat(clocks.low()).isEqualTo(NOW + 100);
  }

  @Test
  void doesNotWait_forAnArchiveThatWasTakenAwayHalfWay() {
    clocks.advance("live", NOW, false);
    clocks.advance("archive", NOW - 60 * DAY, false);
    clocks.advance("live", NOW + 35 * DAY, false);
    assertThat(clocks.low()).isEqualTo(NOW);
    clocks.advance("live", NOW + 35 * DAY + 1, false);
    assertThat(clocks.low()).isEqualTo(NOW + 35 * DAY + 1);
  }

  @Test
  void doesNotWait_forASourceThatWasTakenAway() {
    clocks.advance("a", NOW, false);
    clocks.advance("gone", NOW - 1, false);
    clocks.advance("a", NOW + 35 * DAY, false);
    long stood = clocks.low();
    assertThat(stood).isLessThanOrEqualTo(NOW);
    clocks.advance("a", NOW + 35 * DAY + 1, false);
    assertThat(clocks.low()).isEqualTo(NOW + 35 * DAY + 1);
  }

  @Test
  void knowsAllOrigins_beforeTheLowClockMoves_afterARestart() {
    clocks.restore("live", NOW, false, NOW);
    clocks.restore("archive", NOW - 60 * DAY, false, NOW);
    assertThat(clocks.low()).isEqualTo(StageClocks.UNKNOWN);
    clocks.advance("live", NOW + 1, false);
    assertThat(clocks.low()).isEqualTo(NOW - 60 * DAY);
    clocks.advance("live", NOW + 35 * DAY + 1, false);
    assertThat(clocks.low())
        .as("it was heard last before the restart")
        .isEqualTo(NOW + 35 * DAY + 1);
  }
}
