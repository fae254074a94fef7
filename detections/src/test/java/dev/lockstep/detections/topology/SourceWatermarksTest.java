package dev.lockstep.detections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SourceWatermarksTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final long DAY = Duration.ofDays(1).toMillis();

  private final SourceWatermarks sources = new SourceWatermarks();
  private long now = NOW;

  @Test
  void followsAnArchive_thatIsFarBehindALiveHub_untilItIsIdle() {
    take("live", 0, false);
    take("archive", 0, false);
    take("live", NOW, false);
    for (long day = 60; day > 0; day--) {
      take("archive", NOW - day * DAY, false);
      take("live", NOW + (60 - day), false);
      assertThat(sources.low()).isEqualTo(NOW - day * DAY);
    }
    take("archive", NOW - DAY, true);
    take("live", NOW + 100, false);
    assertThat(sources.low()).isEqualTo(NOW + 100);
  }

  @Test
  void neverGoesBack() {
    take("a", NOW, false);
    take("b", NOW - DAY, false);
    take("a", NOW - 2 * DAY, false);
    assertThat(sources.low()).isEqualTo(NOW);
  }

  @Test
  void doesNotWait_forAnArchiveThatWasTakenAwayHalfWay() {
    take("live", NOW, false);
    take("archive", NOW - 60 * DAY, false);
    take("live", NOW + 35 * DAY, false);
    assertThat(sources.low()).isEqualTo(NOW);
    take("live", NOW + 35 * DAY + 1, false);
    assertThat(sources.low()).isEqualTo(NOW + 35 * DAY + 1);
  }

  @Test
  void knowsAllOrigins_beforeTheLowestMoves_afterARestart() {
    sources.restore("live", NOW, false, NOW);
    sources.restore("archive", NOW - 60 * DAY, false, NOW);
    assertThat(sources.low()).isEqualTo(SourceWatermarks.UNKNOWN);
    take("live", NOW + 1, false);
    assertThat(sources.low()).isEqualTo(NOW - 60 * DAY);
    take("live", NOW + 35 * DAY + 1, false);
    assertThat(sources.low())
        .as("it was heard of last before the restart")
        .isEqualTo(NOW + 35 * DAY + 1);
  }

  @Test
  void waitsForAnOrigin_ofWhichIsOnlyKnownThatItIsThere() {
    take("a", NOW, false);
    take("b", SourceWatermarks.UNKNOWN, false);
    take("a", NOW + DAY, false);
    assertThat(sources.low()).isEqualTo(NOW);
    take("b", NOW + DAY, false);
    assertThat(sources.low()).isEqualTo(NOW + DAY);
  }

  @Test
  void doesNotWait_forAnOriginThatWasTakenAwayBeforeItReadAnything() {
    take("mistyped", SourceWatermarks.UNKNOWN, false);
    take("live", SourceWatermarks.UNKNOWN, false);
    take("live", NOW, false);
    now += 35 * DAY;
    take("live", NOW + 35 * DAY, false);
    assertThat(sources.low()).isEqualTo(SourceWatermarks.UNKNOWN);
    now += 1;
    take("live", NOW + 35 * DAY + 1, false);
    assertThat(sources.low()).isEqualTo(NOW + 35 * DAY + 1);
  }

  @Test
  void waitsForAnOriginThatIsAnnouncedAgain_howeverFarTheOthersAre() {
    take("late", SourceWatermarks.UNKNOWN, false);
    now += 30 * DAY;
    take("late", SourceWatermarks.UNKNOWN, false);
    now += 30 * DAY;
    take("archive", NOW, false);
    take("archive", NOW + 60 * DAY, false);
    assertThat(sources.low()).isEqualTo(SourceWatermarks.UNKNOWN);
  }

  @Test
  void knowsSinceWhenAnOriginIsAwaited_afterARestart() {
    take("mistyped", SourceWatermarks.UNKNOWN, false);
    SourceWatermarks next = new SourceWatermarks();
    next.restore("mistyped", SourceWatermarks.UNKNOWN, false, sources.reportedAt("mistyped"));
    next.take("live", NOW, false, now + 35 * DAY);
    assertThat(next.low()).isEqualTo(SourceWatermarks.UNKNOWN);
    next.take("live", NOW + 1, false, now + 35 * DAY + 1);
    assertThat(next.low()).isEqualTo(NOW + 1);
  }

  private void take(String origin, long lowAt, boolean isIdle) {
    sources.take(origin, lowAt, isIdle, now);
  }

  @Test
  void hasTheFurthestGrace_andNoneBeforeTheLowest() {
    take("a", NOW, false);
    assertThat(sources.grace()).isEqualTo(NOW);
    sources.takeGrace(NOW + DAY);
    sources.takeGrace(NOW - DAY);
    assertThat(sources.grace()).isEqualTo(NOW + DAY);
  }
}
