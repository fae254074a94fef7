package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.outcome.Losses;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SourceLossesTest {
  @Test
  void saysNothing_whereNothingWasLost() {
    List<String> reasons = new ArrayList<>();
    new SourceLosses("signins", List.of()).addTo(reasons);
    assertThat(reasons).isEmpty();
  }

  @Test
  void tellsOfThreePartitions_andHowManyMoreThereAre() {
    List<Losses.Loss> losses = new ArrayList<>();
    for (int partition = 0; partition < 32; partition++) {
      losses.add(new Losses.Loss("p-" + partition, 0, 5, 0, "p-" + partition + " lost"));
    }
    List<String> reasons = new ArrayList<>();
    new SourceLosses("signins", losses).addTo(reasons);
    assertThat(reasons)
        .containsExactly(
            "ingest: source signins: 1970-01-01T00:00:00Z: p-0 lost. 1970-01-01T00:00:00Z: p-1 lost."
                + " 1970-01-01T00:00:00Z: p-2 lost. And 29 more partitions, which the log lists");
  }
}
