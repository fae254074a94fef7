package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ThreadFailuresTest {
  private long now = Long.MAX_VALUE - 5;
  private final ThreadFailures failures = new ThreadFailures(() -> now);

  @Test
  void areTooMany_withTheSixthInTenMinutes() {
    for (int i = 1; i <= 5; i++) {
      assertThat(failures.record("why")).isEqualTo(i).isLessThanOrEqualTo(ThreadFailures.MOST);
      pass(Duration.ofSeconds(115));
    }
    assertThat(failures.record("offset 7 of x-repartition-1")).isGreaterThan(ThreadFailures.MOST);
    assertThat(failures.tooMany())
        .isEqualTo(
            "could not continue detect: a thread failed 6 times in 10 minutes: offset 7 of"
                + " x-repartition-1; see \"A thread that fails again and again\" in"
                + " docs/operations.md");
  }

  @Test
  void areNeverTooMany_whereTheyAreSeldom() {
    for (int i = 1; i <= 50; i++) {
      assertThat(failures.record("why")).isLessThanOrEqualTo(ThreadFailures.MOST);
      pass(Duration.ofSeconds(121));
    }
  }

  @Test
  void areTold_theFirstForAMoment_theOthersUntilNoneHasComeForTwoMinutes() {
    assertThat(failures.problem()).isNull();
    failures.record("why");
    assertThat(failures.problem()).isEqualTo("a task failed and is restarted: why");
    pass(Duration.ofSeconds(21));
    assertThat(failures.problem()).isNull();
    failures.record("this is why");
    pass(Duration.ofSeconds(119));
    assertThat(failures.problem())
        .contains("again and again, 2 times in 10 minutes: this is why; see ");
    pass(Duration.ofSeconds(2));
    assertThat(failures.problem()).isNull();
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
