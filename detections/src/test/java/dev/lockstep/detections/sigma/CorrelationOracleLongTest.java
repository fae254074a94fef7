package dev.lockstep.detections.sigma;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Findings of correlations on ten thousand generated histories of each type. */
@Tag("long")
final class CorrelationOracleLongTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "event_count",
        "value_count",
        "temporal",
        "temporal_ordered",
        "value_sum",
        "value_avg",
        "value_median",
        "value_percentile"
      })
  void equalsTheOracle(String type) {
    CorrelationOracleTest.compare(type, 10_000, 10_000, false);
    CorrelationOracleTest.compare(type, 2_000, 600_000, true);
  }
}
