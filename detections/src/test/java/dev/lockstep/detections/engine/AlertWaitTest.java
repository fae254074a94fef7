package dev.lockstep.detections.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.alert.AlertMessages;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Wait of an alert for further records, by the wall clock, while no source advances. */
final class AlertWaitTest implements SilentEngine {
  private static final long AT = ActivityBuilder.at("2026-11-03T10:00:00Z");
  private static final long MINUTE_MILLIS = 60_000L;

  private final List<Message> given = new ArrayList<>();
  private final MemoryRecords records = new MemoryRecords();
  private Engine engine = engine();

  private Engine engine() {
    return new Engine(
        List.of(),
        Enrichment.none(),
        records,
        new AlertSettings("defender-corroboration", true, true, 10, 24),
        this,
        this,
        100);
  }

  private void enter() {
    engine.advance(AT, AT);
    engine.take(
        AlertMessages.record(
            ActivityBuilder.alert("a", "2026-11-03T10:00:00Z")
                .severity(Severity.High)
                .namesAddresses("203.0.113.9")
                .build()));
  }

  private void tick(int minute) {
    engine.tick(AT + minute * MINUTE_MILLIS);
    while (engine.sweep(100)) {}
  }

  @Test
  void endsAfterTenMinutes() {
    tick(0);
    enter();
    tick(9);
    assertThat(given).isEmpty();
    tick(10);
    assertThat(given).isNotEmpty();
  }

  @Test
  void beginsAnew_afterARestart() {
    tick(0);
    enter();
    engine.close();
    engine = engine();
    engine.advance(AT, AT);
    tick(5);
    tick(14);
    assertThat(given).isEmpty();
    tick(15);
    assertThat(given).isNotEmpty();
  }

  @Override
  public void message(Message message) {
    given.add(message);
  }
}
