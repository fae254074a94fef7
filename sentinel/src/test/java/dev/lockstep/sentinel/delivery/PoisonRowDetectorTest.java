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

class PoisonRowDetectorTest {
  private static final TopicPartition PARTITION = new TopicPartition("lockstep.detections", 0);
  private static final Instant NOW = FakeTime.START;

  private final PoisonRowDetector detector =
      new PoisonRowDetector(ForwarderConfig.of(ForwarderConfig.SENTINEL));

  private static Line line(int offset, int descriptionCharacters) {
    Detection detection = Findings.small("d" + offset, 1);
    detection.setDescription("x".repeat(descriptionCharacters));
    return new Line(PlainRow.of(detection), PARTITION, offset);
  }

  @Test
  void isFull_whenSoManyRowsWait() {
    for (int i = 0; i < PoisonRowDetector.MOST; i++) {
      assertThat(detector.isFull()).isFalse();
      detector.refused(line(i, 1), NOW);
    }
    assertThat(detector.isFull()).isTrue();
    detector.taken(List.of(line(7, 1)), NOW);
    assertThat(detector.isFull()).isFalse();
  }

  @Test
  void isFull_whenTheRowsThatWaitAreLarge() {
    int rows = 0;
    while (!detector.isFull() && rows < 60) {
      detector.refused(line(rows++, 900_000), NOW);
    }
    assertThat(rows * 900_000L).isLessThan(20_000_000);
    assertThat(rows).isGreaterThan(5);
  }

  @Test
  void triesAgain_thoughTheClockWasSetBack() {
    detector.taken(List.of(line(0, 1)), NOW);
    detector.refused(line(1, 1), NOW);
    Instant earlier = NOW.minus(Duration.ofHours(5));
    assertThat(detector.due(earlier, line -> true)).hasSize(1);
  }

  @Test
  void triesSeldom_whileEverythingIsRefused() {
    for (int i = 0; i < 100; i++) {
      detector.refused(line(i, 1), NOW);
    }
    int tries = 0;
    for (int second = 0; second < 600; second++) {
      for (Line due : detector.due(NOW.plusSeconds(second), line -> true)) {
        detector.refused(due, NOW.plusSeconds(second));
        tries++;
      }
    }
    assertThat(tries).isBetween(15, 30);
    detector.taken(List.of(line(100, 1)), NOW.plusSeconds(600));
    assertThat(detector.due(NOW.plusSeconds(600), line -> true)).hasSizeGreaterThan(90);
  }
}
