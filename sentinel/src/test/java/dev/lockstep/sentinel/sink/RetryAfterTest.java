package dev.lockstep.sentinel.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.sentinel.delivery.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryAfterTest {
  @Test
  void readsSecondsAndDates_upToAnHour() {
    assertThat(RetryAfter.parse(" 7 ", FakeTime.START)).isEqualTo(Duration.ofSeconds(7));
    assertThat(RetryAfter.parse("Mon, 2 Nov 2026 09:00:42 GMT", FakeTime.START))
        .isEqualTo(Duration.ofSeconds(42));
    assertThat(RetryAfter.parse("99999999999999999999", FakeTime.START))
        .isEqualTo(Duration.ofHours(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-5", "soon", "Mon, 2 Nov 2026 08:00:00 GMT"})
  void readsNoWait_whereTheHeaderSaysNothingUseful(String header) {
    assertThat(RetryAfter.parse(header, FakeTime.START)).isNull();
  }
}
