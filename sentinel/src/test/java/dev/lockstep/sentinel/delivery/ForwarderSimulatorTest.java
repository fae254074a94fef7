package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.sentinel.logs.StreamForm;
import dev.lockstep.sentinel.sink.Findings;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ForwarderSimulatorTest {
  private static final Instant NOW = Instant.parse("2026-11-02T08:00:00Z");

  @Test
  void weighsRowsInTheFormThatIsSent_forABudgetInBytes() {
    Detection finding = Findings.medium("a", 1);
    Evidence event = Findings.evidence("e", Map.of("userAgent", "x".repeat(1_000)));
    finding.setEvidence(Collections.nCopies(20, event));
    int alone = StreamForm.DETECTIONS.row(finding).bytes();
    int besideLake = StreamForm.DETECTIONS_BESIDE_LAKE.row(finding).bytes();
    assertThat(besideLake).isLessThan(alone / 2);
    ForwarderConfig config =
        ForwarderConfig.of(ForwarderConfig.SENTINEL)
            .withDailyBudget(new DailyBudget(Long.MAX_VALUE, alone - 1));

    ForwarderSimulator wide = new ForwarderSimulator(config, StreamForm.DETECTIONS);
    ForwarderSimulator narrow = new ForwarderSimulator(config, StreamForm.DETECTIONS_BESIDE_LAKE);

    assertThat(wide.take(finding, NOW)).isEmpty();
    assertThat(wide.heldBack()).isEqualTo(1);
    assertThat(narrow.take(finding, NOW))
        .singleElement()
        .satisfies(row -> assertThat(row.bytes()).isEqualTo(besideLake));
    assertThat(narrow.heldBack()).isZero();
  }
}
