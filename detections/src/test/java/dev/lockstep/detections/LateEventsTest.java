package dev.lockstep.detections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.message.EventCopies;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of an event that comes late, or again. */
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

  @ParameterizedTest
  @CsvSource({
    "SIGN_IN, 0",
    "API_CALL, 0",
    "AUDIT, 0",
    "RISK, 0",
    "VAULT_CALL, 0",
    "EDGE_REQUEST, 0",
    "OTHER, 0",
    "ALERT, 1"
  })
  void givesACopyTheTimeOfTheFirst_exceptAnAlert(ActivityKind kind, int millisLater) {
    DetectionCounters counters = new DetectionCounters();
    EventCopies copies = new EventCopies(10);
    String category = kind == ActivityKind.RISK ? "UserRiskEvents" : "any";
    Activity first = ActivityBuilder.event(kind, category, HAPPENED_AT).build();
    Activity copy = ActivityBuilder.event(kind, category, HAPPENED_AT + 1).build();
    for (Activity each : List.of(first, copy)) {
      var unused = counters.relate(each, copies, 1, EventCopies.content(each));
    }
    assertThat(counters.repeatedEvents()).isEqualTo(1);
    assertThat(copy.getEventAt()).isEqualTo(HAPPENED_AT + millisLater);
  }

  @Test
  void leavesEachRecordOfARiskStateItsOwnTime() {
    DetectionCounters counters = new DetectionCounters();
    EventCopies copies = new EventCopies(10);
    for (int day = 0; day < 3; day++) {
      Activity state =
          ActivityBuilder.event(ActivityKind.RISK, "RiskyUsers", HAPPENED_AT + day).build();
      var unused = counters.relate(state, copies, 1, EventCopies.content(state));
      assertThat(state.getEventAt()).isEqualTo(HAPPENED_AT + day);
    }
  }
}
