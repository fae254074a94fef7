package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Detection;
import dev.lockstep.sentinel.sink.Findings;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ForwardFromTest {
  private static final Instant FROM = Instant.parse("2026-11-20T00:00:00Z");

  // Without caps every commit would be checked for rows that were never to be sent.
  @AutoClose
  private final Delivery delivery =
      new Delivery(1, new Random(1), Map.of("no-such-rule", 1), FROM, null);

  @Test
  void sendsNothingThatEndedBefore_andCountsIt() {
    write("old", 1, FROM.minusMillis(1));
    write("new", 1, FROM);
    delivery.step();
    assertThat(delivery.sentinel.latest()).containsOnlyKeys("new");
    assertThat(delivery.counts.rowsArchived()).isEqualTo(1);
    assertThat(delivery.topic.isDone()).isTrue();
  }

  @Test
  void sendsAFindingOfTheArchive_onceItGoesOnInThePresent() {
    write("f", 1, FROM.minusSeconds(60));
    delivery.step();
    write("f", 2, FROM.plusSeconds(60));
    delivery.step();
    assertThat(delivery.sentinel.latest()).containsOnlyKeys("f");
  }

  private void write(String id, int revision, Instant endedAt) {
    Detection detection = Findings.small(id, revision);
    detection.setStartTime(endedAt.minusSeconds(60).toEpochMilli());
    detection.setEndTime(endedAt.toEpochMilli());
    delivery.topic.write(0, detection);
  }
}
