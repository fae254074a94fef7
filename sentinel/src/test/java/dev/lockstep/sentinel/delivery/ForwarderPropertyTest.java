package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Answer;
import dev.lockstep.sentinel.sink.Findings;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What holds whatever the service, the group and the cluster do; commits are checked on the way.
 */
class ForwarderPropertyTest {
  private static final int MOST_STEPS = 2_000;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void neverCommitsPastARowThatIsNotTaken_andEndsWithEveryRowTaken(long seed) {
    deliversWhateverHappens(seed);
  }

  @ParameterizedTest(name = "seed {0}")
  @Tag("long")
  @ValueSource(longs = {5, 8, 13, 21, 34, 55, 89, 144})
  void neverCommitsPastARowThatIsNotTaken_andEndsWithEveryRowTaken_ofMoreSeeds(long seed) {
    deliversWhateverHappens(seed);
  }

  private static void deliversWhateverHappens(long seed) {
    Random random = new Random(seed);
    int partitions = 1 + random.nextInt(4);
    try (Delivery delivery = new Delivery(partitions, random)) {
      DetectionsTopic topic = delivery.topic;
      topic.recordsPerPoll(1 + random.nextInt(30));
      delivery.sentinel.refuse("d3");
      delivery.sentinel.limitBody(random.nextBoolean() ? 2_000 : 1_048_576);
      delivery.time.duringWaits(() -> disturb(delivery, random));
      for (int i = 0; i < 150; i++) {
        if (random.nextInt(3) == 0) {
          delivery.sentinel.answerNext(anyAnswer(random));
        }
        if (random.nextInt(25) == 0) {
          delivery.producer.sendException = new TimeoutException("no leader");
        }
        if (random.nextInt(12) == 0) {
          topic.writeBytes(random.nextInt(partitions), new byte[] {1, 2, 3});
        }
        int id = random.nextInt(30);
        topic.write(id % partitions, Findings.small("d" + id, 1 + i / 10));
        if (random.nextInt(8) == 0) {
          topic.assignNext(some(topic.partitions(), random));
          delivery.step();
        }
      }
      topic.assignNext(topic.partitions());
      for (int steps = 0; !topic.isDone(); steps++) {
        assertThat(steps).as("seed %d: stuck", seed).isLessThan(MOST_STEPS);
        topic.assignNext(topic.partitions());
        delivery.step();
        delivery.time.sleep(Duration.ofSeconds(1));
      }
      assertThat(delivery.sentinel.latest().keySet()).as("seed %d", seed).doesNotContain("d3");
      assertThat(delivery.counts.rowsTaken())
          .as("seed %d", seed)
          .isLessThanOrEqualTo(delivery.sentinel.rows().size());
    }
  }

  private static void disturb(Delivery delivery, Random random) {
    if (random.nextInt(40) == 0) {
      delivery.producer.sendException = null;
    }
    if (random.nextInt(20) == 0) {
      delivery.topic.assignNext(some(delivery.topic.partitions(), random));
    }
  }

  private static Set<TopicPartition> some(Set<TopicPartition> partitions, Random random) {
    Set<TopicPartition> some = new HashSet<>();
    for (TopicPartition partition : partitions) {
      if (random.nextBoolean()) {
        some.add(partition);
      }
    }
    return some;
  }

  private static Answer anyAnswer(Random random) {
    return switch (random.nextInt(18)) {
      case 0 -> Answer.status(400);
      case 1 -> Answer.status(401);
      case 2 -> Answer.status(404);
      case 3 -> Answer.status(413);
      case 4 -> Answer.status(429, "3");
      case 5 -> Answer.status(503);
      case 6 -> Answer.status(500);
      case 7 -> Answer.cutBeforeReading();
      case 8 -> Answer.cutMidAnswer();
      case 9 -> random.nextInt(4) == 0 ? Answer.hang() : Answer.takeThenCut();
      case 10 -> Answer.status(200);
      case 11 -> Answer.status(202);
      case 12 -> Answer.status(307);
      case 13 -> Answer.status(403);
      case 14 -> Answer.garbage(random.nextBoolean() ? 503 : 200);
      case 15 -> random.nextInt(4) == 0 ? Answer.endless(500) : Answer.status(408);
      case 16 -> random.nextInt(4) == 0 ? Answer.slow(502) : Answer.status(504);
      default -> Answer.takeThenCut();
    };
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {4, 9})
  void keepsEveryRequestWithinAMillionBytes_andDeliversEveryRow(long seed) {
    deliversWithinAMillionBytes(seed);
  }

  @ParameterizedTest(name = "seed {0}")
  @Tag("long")
  @ValueSource(longs = {16, 25, 36, 49})
  void keepsEveryRequestWithinAMillionBytes_andDeliversEveryRow_ofMoreSeeds(long seed) {
    deliversWithinAMillionBytes(seed);
  }

  private static void deliversWithinAMillionBytes(long seed) {
    Random random = new Random(seed);
    try (Delivery delivery = new Delivery(3, random)) {
      int rows = 20 + random.nextInt(60);
      for (int i = 0; i < rows; i++) {
        delivery.topic.write(i % 3, Findings.random(random, "d" + i, 1));
      }
      for (int steps = 0; !delivery.topic.isDone(); steps++) {
        assertThat(steps).as("seed %d: stuck", seed).isLessThan(MOST_STEPS);
        delivery.step();
      }
      assertThat(delivery.sentinel.latest()).as("seed %d", seed).hasSize(rows);
      assertThat(delivery.sentinel.largestRequestBytes())
          .as("seed %d", seed)
          .isLessThanOrEqualTo(1_000_000);
      assertThat(delivery.deadLetters()).isEmpty();
    }
  }
}
