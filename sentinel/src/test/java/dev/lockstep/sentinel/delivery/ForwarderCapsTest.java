package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Answer;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Row;
import dev.lockstep.sentinel.sink.Findings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwarderCapsTest {
  private static final String RULE = "token-replay";
  private static final Duration HOUR = Duration.ofHours(1);

  @AutoClose private final Delivery delivery = new Delivery(2, new Random(1), Map.of(RULE, 3));
  private final DetectionsTopic topic = delivery.topic;
  private final FakeLogsIngestionApi sentinel = delivery.sentinel;

  @Test
  void holdsBackWhatIsOverTheCap_andTellsItInOneRowWhenTheHourIsOver() {
    delivery.write(0, 8);
    delivery.step();
    assertThat(sentinel.rows()).hasSize(3);
    assertThat(topic.isDone()).as("held rows hold up no offset").isTrue();
    assertThat(delivery.counts.rowsHeldBack()).isEqualTo(5);
    delivery.time.sleep(HOUR.minusSeconds(1));
    delivery.step();
    assertThat(delivery.overflows()).isEmpty();
    delivery.time.sleep(Duration.ofSeconds(1));
    delivery.step();
    delivery.step();
    assertThat(delivery.overflows())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.revision()).isEqualTo(5);
              assertThat(row.json())
                  .contains(
                      "\"AlertTitle\":\"5 detections of token-replay held back between 09:00 and"
                          + " 10:00 UTC\"",
                      "\"Severity\":\"Informational\"",
                      "\"Reason\":\"overflow\"",
                      "\"Count\":5",
                      "\"highest\":\"Medium\"",
                      "3 rows were sent; sentinel.maxRowsPerHour allows 3.");
            });
    assertThat(sentinel.rows()).hasSize(4);
    assertThat(delivery.counts.rowsTaken()).isEqualTo(4);
  }

  @Test
  void tellsItOnce_thoughTheRowIsRefusedAtFirst() {
    delivery.write(0, 8);
    delivery.step();
    delivery.time.sleep(HOUR);
    sentinel.answerNext(Answer.status(400), Answer.status(400), Answer.status(400));
    for (int i = 0; i < 60; i++) {
      delivery.step();
      delivery.time.sleep(Duration.ofSeconds(1));
    }
    assertThat(delivery.overflows()).hasSize(1);
    delivery.write(8, 9);
    delivery.step();
    assertThat(topic.isDone()).isTrue();
  }

  @Test
  void countsWhatWentOfAllPartitions_whereOnlyOneHeldSomethingBack() {
    delivery.write(0, 3);
    topic.write(0, Findings.medium("held", 1));
    delivery.step();
    delivery.time.sleep(HOUR);
    delivery.step();
    assertThat(delivery.overflows())
        .singleElement()
        .satisfies(
            row ->
                assertThat(row.json())
                    .contains("3 rows were sent; sentinel.maxRowsPerHour allows 3."));
  }

  @Test
  void startsAnewWithEachHour() {
    delivery.write(0, 5);
    delivery.step();
    delivery.time.sleep(HOUR);
    delivery.write(5, 9);
    delivery.step();
    assertThat(delivery.overflows()).hasSize(1);
    delivery.time.sleep(HOUR);
    delivery.step();
    assertThat(delivery.overflows()).extracting(Row::revision).containsExactly(2, 1);
    assertThat(delivery.overflows()).extracting(Row::detectionId).doesNotHaveDuplicates();
    assertThat(sentinel.rows()).hasSize(8);
  }

  @Test
  void sendsHighOnes_andRulesWithoutACap_always() {
    delivery.write(0, 4);
    delivery.step();
    topic.write(0, Findings.small("high", 1));
    topic.write(0, Findings.full());
    delivery.step();
    assertThat(sentinel.latest()).containsKeys("high", "d-1").hasSize(5);
  }

  @Test
  void sendsRevisionsOfWhatWasSent_andHoldsThoseOfWhatWasNot() {
    delivery.write(0, 3);
    delivery.step();
    topic.write(0, Findings.medium("late", 1));
    delivery.step();
    topic.write(0, Findings.medium("late", 2));
    Detection withdrawn = Findings.medium("d0", 2);
    withdrawn.setReason("withdrawn");
    withdrawn.setSeverity(Severity.Informational);
    topic.write(0, withdrawn);
    delivery.step();
    assertThat(sentinel.latest()).doesNotContainKey("late");
    assertThat(sentinel.latest().get("d0")).extracting(Row::revision).isEqualTo(2);
    assertThat(delivery.counts.rowsHeldBack()).as("one detection, held twice").isEqualTo(1);
    topic.write(0, Findings.small("late", 3));
    delivery.step();
    assertThat(sentinel.latest()).as("High now").containsKey("late");
    delivery.time.sleep(HOUR);
    delivery.step();
    assertThat(delivery.overflows()).extracting(Row::revision).containsExactly(1);
  }

  @Test
  void holdsBackWhatIsOverTheCap_thoughItsFirstRevisionIsNotSent() {
    delivery.write(0, 8);
    for (int i = 0; i < 8; i++) {
      topic.write(i % 2, Findings.medium("d" + i, 2));
    }
    delivery.step();
    assertThat(sentinel.rows()).hasSize(3).extracting(Row::revision).containsOnly(2);
    assertThat(delivery.counts.rowsHeldBack()).isEqualTo(5);
    for (String held : List.of("d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7")) {
      Detection withdrawn = Findings.medium(held, 3);
      withdrawn.setReason("withdrawn");
      topic.write(0, withdrawn);
    }
    delivery.step();
    assertThat(sentinel.latest()).as("the rest was never sent").hasSize(3);
  }

  @Test
  void letsWhatWasHeldBackGo_whenItComesAgainAndThereIsRoom() {
    delivery.write(0, 4);
    delivery.step();
    delivery.time.sleep(HOUR);
    topic.write(1, Findings.medium("d3", 2));
    delivery.step();
    assertThat(sentinel.latest()).containsKey("d3");
  }

  @Test
  void remembersWhatWasHeldBack_overARestart() {
    delivery.write(0, 8);
    delivery.step();
    delivery.loseEverything();
    delivery.write(8, 10);
    delivery.step();
    assertThat(sentinel.latest()).as("the hour's room was used before").hasSize(3);
    delivery.loseEverything();
    delivery.time.sleep(HOUR.multipliedBy(5));
    delivery.step();
    assertThat(delivery.overflows()).extracting(Row::revision).containsExactly(7);
    delivery.loseEverything();
    delivery.step();
    assertThat(delivery.overflows()).as("told once").hasSize(1);
  }

  @Test
  void tellsAgain_whereTheRowWasNotKnownToBeTaken() {
    delivery.write(0, 5);
    delivery.step();
    delivery.time.sleep(HOUR);
    sentinel.answerNext(Answer.takeThenCut());
    delivery.step();
    assertThat(delivery.overflows()).hasSize(2);
    assertThat(delivery.overflows().get(0).detectionId())
        .isEqualTo(delivery.overflows().get(1).detectionId());
    assertThat(topic.isDone()).isTrue();
  }

  @Test
  void neverSendsWhatRunsInTheShadow() {
    Detection shadowed = Findings.medium("s", 1);
    shadowed.setShadow(true);
    topic.write(0, shadowed);
    delivery.step();
    assertThat(sentinel.rows()).isEmpty();
    assertThat(topic.isDone()).isTrue();
    assertThat(delivery.counts.rowsShadowed()).isEqualTo(1);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
  void everyDetectionIsTakenOrCounted_whateverHappens(long seed) {
    Random random = new Random(seed);
    int partitions = 1 + random.nextInt(4);
    try (Delivery any = new Delivery(partitions, random, Map.of(RULE, 1 + random.nextInt(5)))) {
      any.topic.recordsPerPoll(1 + random.nextInt(30));
      any.time.duringWaits(
          () -> {
            if (random.nextInt(60) == 0) {
              any.topic.assignNext(Set.of());
            }
          });
      Set<String> high = new TreeSet<>();
      for (int i = 0; i < 200; i++) {
        Detection detection = Findings.medium("d" + i, 1);
        if (random.nextInt(10) == 0) {
          detection.setSeverity(Severity.High);
          high.add("d" + i);
        }
        any.topic.write(i % partitions, detection);
        if (random.nextInt(6) == 0) {
          any.sentinel.answerNext(Answer.status(503), Answer.takeThenCut());
        }
        if (random.nextInt(8) == 0) {
          any.topic.assignNext(random.nextInt(5) == 0 ? Set.of() : any.topic.partitions());
          any.time.sleep(Duration.ofMinutes(random.nextInt(20)));
          any.step();
        }
      }
      for (int steps = 0; !any.topic.isDone(); steps++) {
        assertThat(steps).as("seed %d: stuck", seed).isLessThan(2_000);
        any.topic.assignNext(any.topic.partitions());
        any.step();
      }
      any.time.sleep(HOUR);
      any.topic.assignNext(any.topic.partitions());
      any.step();
      Map<String, Row> latest = any.sentinel.latest();
      long counted =
          latest.values().stream()
              .filter(row -> row.json().contains("\"overflow\""))
              .mapToLong(Row::revision)
              .sum();
      Set<String> taken =
          latest.keySet().stream().filter(id -> id.startsWith("d")).collect(Collectors.toSet());
      assertThat(taken).as("seed %d", seed).containsAll(high);
      assertThat(counted)
          .as("seed %d", seed)
          .isPositive()
          .isGreaterThanOrEqualTo(200 - taken.size());
    }
  }
}
