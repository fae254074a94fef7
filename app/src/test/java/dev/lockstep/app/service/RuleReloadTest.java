package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleReloadTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-28T10:00:02.123456789Z, 2026-11-28T10:00:02.123Z",
    "2026-11-28T10:00:02Z, 2026-11-28T10:00:02.000Z"
  })
  void saysInMilliseconds_sinceWhenRulesAreInForce(String since, String shown) {
    assertThat(new RuleReload.State("hash", Instant.parse(since), null).sinceText())
        .isEqualTo(shown);
  }
}
