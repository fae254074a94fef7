package dev.lockstep.ingest.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class LaneClockTest {
  private static final long ARRIVED = Instant.parse("2026-11-19T12:00:00Z").toEpochMilli();

  private Instant now = Instant.parse("2026-11-25T08:00:00Z");

  private LaneClock read(boolean live) {
    LaneClock clock = new LaneClock(live, () -> now);
    clock.observe(ARRIVED);
    clock.read();
    clock.said();
    return clock;
  }

  /** Lets time pass in which nothing comes; returns whether the clock is to be said then. */
  private boolean rests(LaneClock clock, Duration time) {
    now = now.plus(time);
    clock.rest(false);
    boolean due = clock.isDue();
    if (due) {
      clock.said();
    }
    return due;
  }

  @Test
  void endsAPlayedCapture_pastEveryGraceOfItsLastArrival() {
    LaneClock clock = read(false);
    assertThat(rests(clock, Duration.ofSeconds(4))).isFalse();
    assertThat(clock.graceAt()).isEqualTo(ARRIVED);
    assertThat(rests(clock, Duration.ofSeconds(1))).isTrue();
    assertThat(clock.graceAt()).isEqualTo(ARRIVED + Duration.ofHours(2).toMillis());
  }

  @Test
  void saysAgainThatAPlayedCaptureHasEnded() {
    LaneClock clock = read(false);
    rests(clock, Duration.ofSeconds(5));
    assertThat(rests(clock, Duration.ofSeconds(14))).isFalse();
    assertThat(rests(clock, Duration.ofSeconds(1))).isTrue();
    assertThat(rests(clock, Duration.ofSeconds(15))).isTrue();
  }

  @Test
  void saysEachMinuteThatALiveSourceHasBroughtAllUntilAMinuteAgo() {
    LaneClock clock = read(true);
    assertThat(rests(clock, Duration.ofSeconds(5))).isTrue();
    assertThat(clock.graceAt()).isEqualTo(now.minusSeconds(60).toEpochMilli());
    assertThat(rests(clock, Duration.ofSeconds(59))).isFalse();
    assertThat(rests(clock, Duration.ofSeconds(1))).isTrue();
    assertThat(clock.graceAt()).isEqualTo(now.minusSeconds(60).toEpochMilli());
  }

  @Test
  void isIdle_onceNothingHasComeForTenMinutes() {
    LaneClock clock = read(true);
    rests(clock, Duration.ofMinutes(9));
    assertThat(clock.isIdle()).isFalse();
    rests(clock, Duration.ofMinutes(1));
    assertThat(clock.isIdle()).isTrue();
    clock.read();
    assertThat(clock.isIdle()).isFalse();
  }
}
