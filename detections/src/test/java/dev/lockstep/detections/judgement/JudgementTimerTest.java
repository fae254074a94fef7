package dev.lockstep.detections.judgement;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class JudgementTimerTest {
  private long nanos;
  private long collected;
  private final JudgementTimer timer = new JudgementTimer(() -> nanos, () -> collected);

  @Test
  void takesTheCollectorsTimeOff() {
    timer.begins();
    nanos += 3_000_000_000L;
    collected += 2_500;
    assertThat(timer.millisIfSlow()).isZero();
    timer.begins();
    nanos += 1_200_000_000L;
    assertThat(timer.millisIfSlow()).isEqualTo(1_200);
  }

  @Test
  void namesASlowJudgement_howeverLongTheCollectorWorkedBefore() {
    nanos += 600_000_000_000L;
    collected += 6_000;
    timer.begins();
    nanos += 5_000_000_000L;
    collected += 500;
    assertThat(timer.millisIfSlow()).isEqualTo(4_500);
  }

  @Test
  void leavesAQuickJudgementUnnamed() {
    timer.begins();
    nanos += 900_000_000L;
    assertThat(timer.millisIfSlow()).isZero();
  }
}
