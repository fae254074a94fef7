package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Detection;
import dev.lockstep.sentinel.delivery.Batch.Line;
import dev.lockstep.sentinel.sink.Findings;
import dev.lockstep.sentinel.sink.PlainRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SuspectsTest {
  private static final TopicPartition PARTITION = new TopicPartition("lockstep.detections", 0);
  private static final Instant NOW = FakeTime.START;

  private final Suspects suspects = new Suspects(ForwarderConfig.of(ForwarderConfig.SENTINEL));

  private static Line line(int offset, int descriptionCharacters) {
    Detection detection = Findings.small("d" + offset, 1);
    detection.setDescription("x".repeat(descriptionCharacters));
    return new Line(PlainRow.of(detection), PARTITION, offset);
  }

  @Test
  void areFull_whenSoManyWait() {
    for (int i = 0; i < Suspects.MOST; i++) {
      assertThat(suspects.isFull()).isFalse();
      suspects.refused(line(i, 1), NOW);
    }
    assertThat(suspects.isFull()).isTrue();
    suspects.taken(List.of(line(7, 1)), NOW);
    assertThat(suspects.isFull()).isFalse();
  }

  @Test
  void areFull_whenThoseThatWaitAreLarge() {
    int rows = 0;
    while (!suspects.isFull() && rows < 60) {
      suspects.refused(line(rows++, 900_000), NOW);
    }
    assertThat(rows * 900_000L).isLessThan(20_000_000);
    assertThat(rows).isGreaterThan(5);
  }

  @Test
  void areTriedAgain_thoughTheClockWasSetBack() {
    suspects.taken(List.of(line(0, 1)), NOW);
    suspects.refused(line(1, 1), NOW);
    Instant earlier = NOW.minus(Duration.ofHours(5));
    assertThat(suspects.due(earlier, line -> true)).hasSize(1);
  }

  @Test
  void areTriedSeldom_whileEverythingIsRefused() {
    for (int i = 0; i < 100; i++) {
      suspects.refused(line(i, 1), NOW);
    }
    int tries = 0;
    for (int second = 0; second < 600; second++) {
      for (Line due : suspects.due(NOW.plusSeconds(second), line -> true)) {
        suspects.refused(due, NOW.plusSeconds(second));
        tries++;
      }
    }
    assertThat(tries).isBetween(15, 30);
    suspects.taken(List.of(line(100, 1)), NOW.plusSeconds(600));
    assertThat(suspects.due(NOW.plusSeconds(600), line -> true)).hasSizeGreaterThan(90);
  }
}
