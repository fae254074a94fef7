package dev.lockstep.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTextTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-19, 2026-11-19T00:00:00Z",
    "2026-11-19T10:02Z, 2026-11-19T10:02:00Z",
    "2026-11-19T10:02:03.5+01:00, 2026-11-19T09:02:03.5Z"
  })
  void takesTimesAndDays(String text, Instant meant) {
    assertThat(TimeText.instant(text)).isEqualTo(meant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "now", "2026-13-01", "19.11.2026", "2026-11-19T10:02:00", "+999999999-12-31"})
  void takesNoOtherTime(String text) {
    assertThat(TimeText.instant(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"90s, PT1M30S", "5m, PT5M", "2H, PT2H", "1d, PT24H", "PT1H30M, PT1H30M"})
  void takesDurations(String text, Duration meant) {
    assertThat(TimeText.duration(text)).isEqualTo(meant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "s", "-5s", "0m", "five m", "99999999999999999999h", "P", "400d"})
  void takesNoOtherDuration(String text) {
    assertThat(TimeText.duration(text)).isNull();
  }
}
