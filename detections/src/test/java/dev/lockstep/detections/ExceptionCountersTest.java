package dev.lockstep.detections;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExceptionCountersTest {
  private static final List<String> WIDE = List.of("wide");
  private static final int MOST = 10_000;

  private final ExceptionCounters counters = new ExceptionCounters();

  private void record(int finding, boolean removed) {
    counters.record("f" + (100_000 + finding), WIDE, removed);
  }

  @Test
  void countsNoFindingTwice_ofMoreThanAreRemembered() {
    for (int finding = 0; finding < MOST + 100; finding++) {
      record(finding, true);
      record(finding, true);
    }
    DetectionCounters.Excepted wide = counters.read("wide");
    assertThat(wide.removed()).isEqualTo(MOST);
    assertThat(wide.everRemoved()).isBetween((long) MOST, MOST + 100L);
  }

  @Test
  void countsAFindingAgain_thatTheExceptionBeginsToHoldBackAgain() {
    record(1, true);
    record(1, false);
    record(1, false);
    record(1, true);
    DetectionCounters.Excepted wide = counters.read("wide");
    assertThat(wide.everRemoved()).isEqualTo(2);
    assertThat(wide.everOutweighed()).isEqualTo(1);
    assertThat(wide.removed()).isEqualTo(1);
    assertThat(wide.outweighed()).isZero();
  }

  @Test
  void keepsAFindingThatCanNoLongerChange_andMakesRoomForOthers() {
    record(1, true);
    record(2, false);
    counters.evicted("f100001");
    counters.evicted("f100002");
    counters.evicted("of nobody");
    for (int finding = 3; finding < MOST + 3; finding++) {
      record(finding, true);
    }
    DetectionCounters.Excepted wide = counters.read("wide");
    assertThat(wide.removed()).isEqualTo(MOST + 1);
    assertThat(wide.outweighed()).isEqualTo(1);
    assertThat(wide.everRemoved()).isEqualTo(MOST + 1);
    assertThat(wide.findings()).hasSize(256).startsWith("f100001", "f100003").isSorted();
  }
}
