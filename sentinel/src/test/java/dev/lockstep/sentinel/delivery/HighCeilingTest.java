package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Answer;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Row;
import dev.lockstep.sentinel.sink.Findings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HighCeilingTest {
  private static final String RULE = "token-replay";
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int CEILING = 5;

  @AutoClose private Delivery delivery = with(CEILING, Map.of());

  private static Delivery with(int ceiling, Map<String, Integer> caps) {
    return new Delivery(2, new Random(1), caps, ceiling, Instant.MIN, null);
  }

  private void use(Delivery other) {
    delivery.close();
    delivery = other;
  }

  /** Returns one of a user's, behind the one address. */
  private static Detection high(String id, int revision, String user) {
    Detection detection = Findings.small(id, revision);
    detection.setPrincipal(new Principal(user, null, "user"));
    detection.setIp("198.51.100.7");
    return detection;
  }

  private static Detection withdrawn(String id, int revision) {
    Detection detection = Findings.small(id, revision);
    detection.setSeverity(Severity.Informational);
    detection.setReason("withdrawn");
    return detection;
  }

  /** Writes those from d{@code from} to before d{@code to}, to partitions in turn, and steps. */
  private void write(int from, int to, int users) {
    for (int i = from; i < to; i++) {
      delivery.topic.write(
          i % delivery.topic.partitions().size(), high("d" + i, 1, "user-" + i % users));
    }
    delivery.step();
  }

  private Row overflow() {
    assertThat(delivery.overflows()).hasSize(1);
    return delivery.overflows().get(0);
  }

  @Test
  void holdsBackWhatIsOverTheCeiling_andTellsItInOneHighRowWhenTheHourIsOver() {
    write(0, 12, 3);
    assertThat(delivery.sentinel.rows()).hasSize(CEILING);
    assertThat(delivery.topic.isDone()).as("held rows hold up no offset").isTrue();
    assertThat(delivery.counts.highRowsHeldBack()).isEqualTo(7);
    assertThat(delivery.counts.rowsHeldBack()).isZero();
    delivery.time.sleep(HOUR.minusSeconds(1));
    delivery.step();
    assertThat(delivery.overflows()).isEmpty();
    delivery.time.sleep(Duration.ofSeconds(1));
    delivery.step();
    delivery.step();
    assertThat(overflow().json())
        .contains(
            "\"Rule\":\"token-replay\"",
            "\"Severity\":\"High\"",
            "\"Reason\":\"overflow\"",
            "\"Count\":7",
            "\"AlertTitle\":\"7 detections of token-replay of severity High held back between 09:00"
                + " and 10:00 UTC\"",
            "allows 5 rows an hour over all instances, and this instance sent 5",
            "ip 198.51.100.7 (7), user user-1 (3), user user-0 (2), user user-2 (2).",
            "{\"Address\":\"198.51.100.7\",\"Findings\":\"7\",\"kind\":\"IP\"}",
            "{\"AadUserId\":\"user-1\",\"Findings\":\"3\",\"kind\":\"Account\"}");
    assertThat(delivery.sentinel.rows()).as("what was held is not sent later").hasSize(6);
  }

  @Test
  void isOfARule_andGoesPastCapAndBudget() {
    use(
        new Delivery(
            2,
            new Random(1),
            Map.of(RULE, 1),
            CEILING,
            Instant.MIN,
            new DailyBudget(1, Long.MAX_VALUE)));
    write(0, 4, 1);
    Detection other = high("other", 1, "user-0");
    other.setRule("flagged-address");
    delivery.topic.write(0, other);
    delivery.topic.write(0, Findings.medium("medium", 1));
    write(4, 12, 1);
    assertThat(delivery.sentinel.latest()).hasSize(6).containsKey("other");
    assertThat(delivery.counts.highRowsHeldBack()).isEqualTo(7);
    assertThat(delivery.counts.rowsHeldBack()).isEqualTo(1);
    delivery.time.sleep(HOUR);
    delivery.step();
    assertThat(delivery.overflows())
        .as("one of the cap, one of the ceiling")
        .extracting(row -> row.json().contains("\"Severity\":\"High\""))
        .containsExactlyInAnyOrder(true, false);
    assertThat(delivery.overflows()).extracting(Row::detectionId).doesNotHaveDuplicates();
  }

  @Test
  void countsRows_soThatARevisionIsOneMore() {
    write(0, 4, 1);
    delivery.topic.write(0, high("d0", 2, "user-0"));
    delivery.step();
    delivery.topic.write(0, high("d0", 3, "user-0"));
    write(4, 5, 1);
    assertThat(delivery.sentinel.rows()).hasSize(CEILING);
    assertThat(Objects.requireNonNull(delivery.sentinel.latest().get("d0")).revision())
        .isEqualTo(2);
    assertThat(delivery.counts.highRowsHeldBack()).isEqualTo(2);
  }

  @Test
  void sendsEveryWithdrawal_saveOfWhatWasNeverSent() {
    write(0, CEILING + 1, 1);
    delivery.topic.write(0, high("d0", 2, "user-0"));
    delivery.step();
    delivery.topic.write(0, withdrawn("d0", 3));
    delivery.topic.write(0, withdrawn("d1", 2));
    delivery.topic.write(0, withdrawn("d5", 2));
    delivery.step();
    assertThat(delivery.sentinel.latest()).doesNotContainKey("d5").hasSize(CEILING);
    assertThat(delivery.sentinel.latest().get("d0"))
        .as("sent, held, withdrawn")
        .extracting(Row::revision)
        .isEqualTo(3);
    assertThat(delivery.sentinel.latest().get("d1")).extracting(Row::revision).isEqualTo(2);
    assertThat(delivery.topic.isDone()).isTrue();
  }

  @Test
  void sendsAWithdrawal_pastAnUsedUpBudgetAndCap() {
    use(
        new Delivery(
            2,
            new Random(1),
            Map.of(RULE, 2),
            CEILING,
            Instant.MIN,
            new DailyBudget(2, Long.MAX_VALUE)));
    write(0, 3, 1);
    delivery.topic.write(0, withdrawn("d0", 2));
    delivery.step();
    assertThat(delivery.sentinel.latest().get("d0")).extracting(Row::revision).isEqualTo(2);
  }

  @Test
  void sendsNoMore_afterARestartWithinTheHour_andStillNamesTheBusiest() {
    write(0, 12, 3);
    delivery.loseEverything();
    write(12, 20, 3);
    assertThat(delivery.sentinel.rows()).hasSize(CEILING);
    delivery.loseEverything();
    delivery.time.sleep(HOUR);
    delivery.step();
    assertThat(overflow().json())
        .contains("\"Count\":15", "ip 198.51.100.7 (15), user user-1 (6), user user-0 (5)");
    delivery.loseEverything();
    delivery.step();
    assertThat(delivery.overflows()).as("told once").hasSize(1);
  }

  @Test
  void hasTheShareOfTheCeiling_thatItsPartitionsAreOfTheTopic() {
    use(new Delivery(4, new Random(1), Map.of(), 8, Instant.MIN, null));
    write(0, 20, 1);
    assertThat(delivery.sentinel.rows()).hasSize(8);
    Set<TopicPartition> two =
        delivery.topic.partitions().stream()
            .filter(one -> one.partition() < 2)
            .collect(Collectors.toSet());
    delivery.topic.assignNext(two);
    delivery.step();
    write(20, 40, 1);
    assertThat(delivery.sentinel.rows()).as("half of it, which is used").hasSize(8);
    delivery.time.sleep(HOUR);
    write(40, 60, 1);
    assertThat(delivery.sentinel.rows())
        .filteredOn(row -> row.detectionId().startsWith("d"))
        .as("half of it, anew")
        .hasSize(12);
  }

  @Test
  void tellsTheSameRowAgain_whereItWasNotKnownToBeTaken() {
    write(0, 12, 1);
    delivery.time.sleep(HOUR);
    delivery.sentinel.answerNext(Answer.takeThenCut());
    delivery.step();
    assertThat(delivery.overflows()).hasSize(2);
    assertThat(delivery.overflows().get(0).detectionId())
        .isEqualTo(delivery.overflows().get(1).detectionId());
  }

  @Test
  void showsHostileTextOfASubject_bounded() {
    use(with(1, Map.of()));
    String hostile = "u,ser=1 :\n\u001b[31m\u202e" + "x".repeat(500);
    delivery.topic.write(0, high("a", 1, hostile));
    delivery.topic.write(0, high("b", 1, hostile));
    delivery.step();
    delivery.loseEverything();
    delivery.time.sleep(HOUR);
    delivery.step();
    assertThat(overflow().json())
        .contains("user u,ser=1 :\\\\n\\\\u001b[31m\\\\u202ex")
        .doesNotContain("x".repeat(100), "\u202e", "\u001b");
  }

  @Test
  void sends5Of450_andCountsTheRest() {
    flood(450, 10, 15);
  }

  /** 3,000 users behind one address, and 30 alerts. */
  @Test
  @Tag("long")
  void sends1000Of90000_andCountsTheRest() {
    flood(90_000, 1_000, 3_000);
  }

  private void flood(int findings, int ceiling, int users) {
    use(new Delivery(12, new Random(1), Map.of(), ceiling, Instant.MIN, null));
    for (int i = 0; i < findings; i++) {
      delivery.topic.write(i % 12, high("d" + i, 1, "user-" + i % users));
    }
    delivery.finish();
    assertThat(delivery.time.passed()).as("within the hour").isLessThan(HOUR);
    assertThat(delivery.sentinel.rows()).hasSize(ceiling);
    assertThat(delivery.counts.highRowsHeldBack()).isEqualTo(findings - ceiling);
    assertThat(delivery.topic.written()).as("the rest is in the topic").hasSize(findings);
    delivery.time.sleep(HOUR);
    delivery.step();
    delivery.step();
    assertThat(delivery.sentinel.rows()).hasSize(ceiling + 1);
    assertThat(overflow().json())
        .contains(
            "\"Count\":" + (findings - ceiling),
            "ip 198.51.100.7 (" + (findings - ceiling) + "), user user-",
            " (" + findings / users + ")");
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
  void everyHighOneIsTakenOrCounted_whateverHappens(long seed) {
    Random random = new Random(seed);
    int partitions = 1 + random.nextInt(4);
    int ceiling = 3 + random.nextInt(20);
    try (Delivery any = new Delivery(partitions, random, Map.of(), ceiling, Instant.MIN, null)) {
      any.topic.recordsPerPoll(1 + random.nextInt(30));
      any.time.duringWaits(
          () -> {
            if (random.nextInt(60) == 0) {
              any.topic.assignNext(Set.of());
            }
          });
      Instant hour = any.time.instant();
      for (int i = 0; i < 200; i++) {
        any.topic.write(i % partitions, high("d" + i, 1, "u" + random.nextInt(9)));
        if (random.nextInt(6) == 0) {
          any.sentinel.answerNext(Answer.status(503), Answer.takeThenCut());
        }
        if (random.nextInt(8) == 0) {
          any.topic.assignNext(random.nextInt(5) == 0 ? Set.of() : any.topic.partitions());
          any.step();
        }
      }
      for (int steps = 0; !any.topic.isDone(); steps++) {
        assertThat(steps).as("seed %d: stuck", seed).isLessThan(2_000);
        any.topic.assignNext(any.topic.partitions());
        any.step();
      }
      assertThat(any.time.instant()).as("seed %d", seed).isBefore(hour.plus(HOUR));
      Set<String> taken = new TreeSet<>(any.sentinel.latest().keySet());
      any.time.sleep(HOUR);
      for (int steps = 0; any.overflows().isEmpty(); steps++) {
        assertThat(steps).as("seed %d: nothing is told", seed).isLessThan(100);
        any.topic.assignNext(any.topic.partitions());
        any.step();
      }
      List<Row> told = any.overflows();
      int counted = told.stream().mapToInt(Row::revision).max().orElse(0);
      assertThat(counted + taken.size()).as("seed %d", seed).isGreaterThanOrEqualTo(200);
      // What went and was not committed is read again, in another order: others may go then.
      assertThat(taken.size()).as("seed %d", seed).isBetween(ceiling, 2 * ceiling);
    }
  }
}
