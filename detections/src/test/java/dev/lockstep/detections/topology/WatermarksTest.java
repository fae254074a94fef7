package dev.lockstep.detections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

final class WatermarksTest {
  private final Watermarks watermarks = new Watermarks(Set.of("join-0", "join-1"));

  private void take(String task, long low, long grace) {
    watermarks.take(new Watermark(task, low, grace, false));
  }

  @Test
  void isUnknown_untilEveryTaskHasBeenHeardOf() {
    take("join-0", 10, 0);
    assertThat(watermarks.low()).isZero();
    take("join-2", 7, 99);
    assertThat(watermarks.low()).as("of nobody it waits for").isZero();
    assertThat(watermarks.grace()).isZero();
    take("join-1", 8, 0);
    assertThat(watermarks.low()).isEqualTo(8);
  }

  @Test
  void followsTheLowest_andNeverGoesBack() {
    take("join-0", 10, 0);
    take("join-1", 8, 0);
    take("join-1", 20, 0);
    assertThat(watermarks.low()).isEqualTo(10);
    take("join-0", 5, 0);
    assertThat(watermarks.low()).as("a task that was restarted").isEqualTo(10);
  }

  @Test
  void hasTheFurthestGrace() {
    take("join-0", 10, 30);
    take("join-1", 8, 20);
    assertThat(watermarks.grace()).isEqualTo(30);
  }

  @Test
  void saysOnce_thatSomethingMayBeOverdue() {
    take("join-0", 10, 30);
    assertThat(watermarks.takeOverdue()).as("a task that is new").isTrue();
    assertThat(watermarks.takeOverdue()).isFalse();
    take("join-0", 11, 30);
    assertThat(watermarks.takeOverdue()).isFalse();
    watermarks.take(new Watermark("join-0", 11, 30, true));
    assertThat(watermarks.takeOverdue()).isTrue();
  }
}
