package dev.lockstep.detections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.message.EventCopies;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.ActivityKind;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Promise of how late an event may come without being counted as late. */
final class LateEventsTest {
  private static final long HAPPENED_AT = ActivityBuilder.at("2026-11-19T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "SIGN_IN, 23, 0",
    "SIGN_IN, 24, 1",
    "AUDIT, 24, 1",
    "ALERT, 72, 0",
    "ALERT, 73, 1",
    "RISK, 24, 0",
    "RISK, 72, 0",
    "RISK, 73, 1"
  })
  void countsAsLate_byTheKindOfEvent(ActivityKind kind, int hours, int late) {
    DetectionCounters counters = new DetectionCounters();
    var unused =
        counters.relate(
            ActivityBuilder.event(kind, "any", HAPPENED_AT).late(Duration.ofHours(hours)).build(),
            new EventCopies(10),
            1,
            1);
    assertThat(counters.lateEvents()).isEqualTo(late);
  }
}
