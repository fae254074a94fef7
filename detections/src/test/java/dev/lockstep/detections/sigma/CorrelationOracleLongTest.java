package dev.lockstep.detections.sigma;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Findings of correlations on ten thousand generated histories of each type. */
@Tag("long")
final class CorrelationOracleLongTest {
  @ParameterizedTest
  @MethodSource("dev.lockstep.detections.sigma.CorrelationOracleTest#types")
  void equalsTheOracle(String type) {
    CorrelationOracleTest.compare(type, 10_000, 10_000, false);
    CorrelationOracleTest.compare(type, 2_000, 600_000, true);
  }
}
