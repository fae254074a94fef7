package dev.lockstep.ingest.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class PartitionWatermarkTest {
  private static final long ARRIVED = Instant.parse("2026-11-19T12:00:00Z").toEpochMilli();

  private Instant now = Instant.parse("2026-11-25T08:00:00Z");

  private PartitionWatermark read(boolean live) {
    PartitionWatermark watermark = new PartitionWatermark(live, () -> now);
    watermark.observe(ARRIVED);
    watermark.restartIdleCount();
    watermark.announced();
    return watermark;
  }

  /** Lets time pass in which nothing comes; returns whether the watermark is announced then. */
  private boolean announces(PartitionWatermark watermark, Duration time) {
    now = now.plus(time);
    watermark.readNothing(false);
    boolean due = watermark.isDue();
    if (due) {
      watermark.announced();
    }
    return due;
  }

  @Test
  void endsAPlayedCapture_pastEveryGraceOfItsLastArrival() {
    PartitionWatermark watermark = read(false);
    assertThat(announces(watermark, Duration.ofSeconds(4))).isFalse();
    assertThat(watermark.graceAt()).isEqualTo(ARRIVED);
    assertThat(announces(watermark, Duration.ofSeconds(1))).isTrue();
    assertThat(watermark.graceAt()).isEqualTo(ARRIVED + Duration.ofMinutes(122).toMillis());
    announces(watermark, Duration.ofHours(1));
    assertThat(watermark.graceAt()).isEqualTo(ARRIVED + Duration.ofMinutes(122).toMillis());
    watermark.restartIdleCount();
    assertThat(watermark.graceAt()).isEqualTo(ARRIVED);
  }

  @Test
  void announcesAgainThatAPlayedCaptureHasEnded() {
    PartitionWatermark watermark = read(false);
    announces(watermark, Duration.ofSeconds(5));
    assertThat(announces(watermark, Duration.ofSeconds(14))).isFalse();
    assertThat(announces(watermark, Duration.ofSeconds(1))).isTrue();
    assertThat(announces(watermark, Duration.ofSeconds(15))).isTrue();
  }

  @Test
  void announcesEachMinuteThatALiveSourceHasBroughtAllUntilAMinuteAgo() {
    PartitionWatermark watermark = read(true);
    assertThat(announces(watermark, Duration.ofSeconds(5))).isTrue();
    assertThat(watermark.graceAt()).isEqualTo(now.minusSeconds(60).toEpochMilli());
    assertThat(announces(watermark, Duration.ofSeconds(59))).isFalse();
    assertThat(announces(watermark, Duration.ofSeconds(1))).isTrue();
    assertThat(watermark.graceAt()).isEqualTo(now.minusSeconds(60).toEpochMilli());
  }

  @Test
  void isIdle_onceNothingHasComeForTenMinutes() {
    PartitionWatermark watermark = read(true);
    announces(watermark, Duration.ofMinutes(9));
    assertThat(watermark.isIdle()).isFalse();
    announces(watermark, Duration.ofMinutes(1));
    assertThat(watermark.isIdle()).isTrue();
    watermark.restartIdleCount();
    assertThat(watermark.isIdle()).isFalse();
  }
}
