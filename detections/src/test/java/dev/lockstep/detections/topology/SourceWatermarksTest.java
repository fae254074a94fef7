package dev.lockstep.detections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SourceWatermarksTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final long DAY = Duration.ofDays(1).toMillis();

  private final SourceWatermarks sources = new SourceWatermarks();

  @Test
  void followsAnArchive_thatIsFarBehindALiveHub_untilItIsIdle() {
    sources.take("live", 0, false);
    sources.take("archive", 0, false);
    sources.take("live", NOW, false);
    for (long day = 60; day > 0; day--) {
      sources.take("archive", NOW - day * DAY, false);
      sources.take("live", NOW + (60 - day), false);
      assertThat(sources.low()).isEqualTo(NOW - day * DAY);
    }
    sources.take("archive", NOW - DAY, true);
    sources.take("live", NOW + 100, false);
    assertThat(sources.low()).isEqualTo(NOW + 100);
  }

  @Test
  void neverGoesBack() {
    sources.take("a", NOW, false);
    sources.take("b", NOW - DAY, false);
    sources.take("a", NOW - 2 * DAY, false);
    assertThat(sources.low()).isEqualTo(NOW);
  }

  @Test
  void doesNotWait_forAnArchiveThatWasTakenAwayHalfWay() {
    sources.take("live", NOW, false);
    sources.take("archive", NOW - 60 * DAY, false);
    sources.take("live", NOW + 35 * DAY, false);
    assertThat(sources.low()).isEqualTo(NOW);
    sources.take("live", NOW + 35 * DAY + 1, false);
    assertThat(sources.low()).isEqualTo(NOW + 35 * DAY + 1);
  }

  @Test
  void knowsAllOrigins_beforeTheLowestMoves_afterARestart() {
    sources.restore("live", NOW, false, NOW);
    sources.restore("archive", NOW - 60 * DAY, false, NOW);
    assertThat(sources.low()).isEqualTo(SourceWatermarks.UNKNOWN);
    sources.take("live", NOW + 1, false);
    assertThat(sources.low()).isEqualTo(NOW - 60 * DAY);
    sources.take("live", NOW + 35 * DAY + 1, false);
    assertThat(sources.low())
        .as("it was heard of last before the restart")
        .isEqualTo(NOW + 35 * DAY + 1);
  }

  @Test
  void waitsForAnOrigin_ofWhichIsOnlyKnownThatItIsThere() {
    sources.take("a", NOW, false);
    sources.take("b", SourceWatermarks.UNKNOWN, false);
    sources.take("a", NOW + DAY, false);
    assertThat(sources.low()).isEqualTo(NOW);
    sources.take("b", NOW + DAY, false);
    assertThat(sources.low()).isEqualTo(NOW + DAY);
  }

  @Test
  void hasTheFurthestGrace_andNoneBeforeTheLowest() {
    sources.take("a", NOW, false);
    assertThat(sources.grace()).isEqualTo(NOW);
    sources.takeGrace(NOW + DAY);
    sources.takeGrace(NOW - DAY);
    assertThat(sources.grace()).isEqualTo(NOW + DAY);
  }
}
