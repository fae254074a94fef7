package dev.lockstep.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopSignalTest {
  @Test
  void tellsOnce_whoeverWasThereBefore_andAtOnceWhoeverComesLater() throws Exception {
    List<String> told = new ArrayList<>();
    try (StopSignal signal = StopSignal.granting(Duration.ofSeconds(1))) {
      signal.tell(() -> told.add("before"));
      assertThat(signal.await(Duration.ofMillis(1))).isFalse();
      assertThat(told).isEmpty();
      signal.give();
      signal.give();
      signal.tell(() -> told.add("later"));
      assertThat(signal.await(Duration.ZERO)).isTrue();
      signal.await();
    }
    assertThat(told).containsExactly("before", "later");
  }
}
