package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ForwarderConfigTest {
  @Test
  void namesTopicsByThePrefix_andAGroupForEachSink() {
    ForwarderConfig config = ForwarderConfig.of("sentinel").withTopicPrefix("blue.");
    assertThat(config.detectionsTopic()).isEqualTo("blue.detections");
    assertThat(config.deadLettersTopic()).isEqualTo("blue.dead-letters");
    assertThat(config.group()).isEqualTo("blue.forwarder");
    assertThat(ForwarderConfig.of("soar").group()).isEqualTo("lockstep.forwarder-soar");
  }

  @Test
  void refusesTimesThatWouldSpin() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new BackoffSettings(Duration.ZERO, second, second))
        .hasMessageContaining("firstBackoff");
    assertThatThrownBy(() -> new BackoffSettings(second.multipliedBy(2), second, second))
        .hasMessageContaining("longestBackoff");
  }

  @Test
  void hasNeitherCapsNorBudget_untilTheyAreGiven() {
    ForwarderConfig config = ForwarderConfig.of("soar");
    assertThat(config.maxRowsPerHour()).isEqualTo(Map.of());
    assertThat(config.dailyBudget()).isNull();
  }
}
