package dev.lockstep.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopSignalTest {
  @Test
  void tellsOnce_whoeverWasThereBefore_andAtOnceWhoeverComesLater() throws Exception {
    List<String> told = new ArrayList<>();
    try (StopSignal signal = StopSignal.granting(Duration.ofSeconds(1))) {
      signal.onStop(() -> told.add("before"));
      assertThat(signal.await(Duration.ofMillis(1))).isFalse();
      assertThat(told).isEmpty();
      signal.give();
      signal.give();
      signal.onStop(() -> told.add("later"));
      assertThat(signal.await(Duration.ZERO)).isTrue();
      signal.await();
    }
    assertThat(told).containsExactly("before", "later");
  }

  @Test
  void tellsTheOthers_whereOneFails() {
    List<String> told = new ArrayList<>();
    try (StopSignal signal = StopSignal.granting(Duration.ofSeconds(1))) {
      signal.onStop(
          () -> {
            throw new IllegalStateException("failed");
          });
      signal.onStop(() -> told.add("second"));
      signal.give();
      signal.onStop(
          () -> {
            throw new IllegalStateException("failed late");
          });
    }
    assertThat(told).containsExactly("second");
  }

  @Test
  void isFreeForOtherThreads_whileATaskRuns() throws Exception {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    try (StopSignal signal = StopSignal.granting(Duration.ofSeconds(1))) {
      signal.onStop(
          () -> {
            Thread other = new Thread(() -> signal.onStop(() -> told.add("other")));
            other.start();
            try {
              other.join(60_000);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            told.add("first");
          });
      signal.give();
    }
    assertThat(told).containsExactly("other", "first");
  }
}
