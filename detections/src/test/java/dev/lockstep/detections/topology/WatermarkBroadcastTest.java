package dev.lockstep.detections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class WatermarkBroadcastTest {
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final long AT = 1_800_000_000_000L;

  private final WatermarkBroadcast broadcast = new WatermarkBroadcast();

  private boolean isDue(long low, long grace, boolean overdue, long now) {
    return broadcast.takeDue(new Watermark("join-0", low, grace, overdue), now);
  }

  @Test
  void isDue_whenItHasMovedFarEnough() {
    assertThat(isDue(AT, AT, false, 1)).isTrue();
    assertThat(isDue(AT + 10 * MINUTE - 1, AT, false, 2)).isFalse();
    assertThat(isDue(AT + 10 * MINUTE, AT, false, 3)).isTrue();
    assertThat(isDue(AT + 10 * MINUTE, AT + MINUTE - 1, false, 4)).isFalse();
    assertThat(isDue(AT + 10 * MINUTE, AT + MINUTE, false, 5)).isTrue();
  }

  @Test
  void isDue_whenSomethingIsOverdue_andFromTimeToTime() {
    assertThat(isDue(AT, AT, false, 1)).isTrue();
    assertThat(isDue(AT, AT, true, 2)).isTrue();
    assertThat(isDue(AT, AT, false, 15_001)).isFalse();
    assertThat(isDue(AT, AT, false, 15_002)).isTrue();
  }
}
