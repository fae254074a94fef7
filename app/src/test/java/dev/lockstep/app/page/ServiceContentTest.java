package dev.lockstep.app.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ServiceContentTest {
  @Test
  void theLastRowThatASinkTook_hasItsDay() {
    assertThat(ServiceContent.lastTaken(Instant.parse("2026-11-13T14:03:05.120Z")))
        .isEqualTo("2026-11-13 14:03:05 UTC");
    assertThat(ServiceContent.lastTaken(null)).isEqualTo("never");
  }
}
