package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.schemas.Detection;
import dev.lockstep.sentinel.delivery.BackoffSettings;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.delivery.ForwarderCounts;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Answer;
import dev.lockstep.sentinel.logs.SentinelConfig;
import dev.lockstep.sentinel.sink.AnswerClass;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A forwarder on a real broker, and a service that answers by a seeded script of every class.
 *
 * <p>{@code -Dlockstep.answers=N} makes the script longer, {@code -Dlockstep.backlog=N} what has
 * piled up before.
 */
class DeliveryScriptIT {
  private static final long SEED = 20261125;
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final int ANSWERS = Integer.getInteger("lockstep.answers", 60);
  private static final int BACKLOG = Integer.getInteger("lockstep.backlog", 3_000);

  @TempDir Path folder;

  private final ForwarderCounts counts = new ForwarderCounts();
  private final Random random = new Random(SEED);
  private DetectionsCluster cluster;
  private FakeLogsIngestionApi sentinel;

  @BeforeEach
  void start() throws Exception {
    cluster = new DetectionsCluster(folder);
    sentinel = FakeLogsIngestionApi.start(null, 0);
  }

  @AfterEach
  void stop() {
    sentinel.close();
    cluster.close();
  }

  private void write(int more) throws Exception {
    List<Detection> detections = new ArrayList<>();
    for (int i = 0; i < more; i++) {
      Detection detection = DetectionsCluster.travel("d" + (cluster.written() + i));
      detection.setDescription("Two places. ".repeat(random.nextInt(200)));
      detections.add(detection);
    }
    cluster.write(detections);
  }

  private Answer answer() {
    return switch (random.nextInt(16)) {
      case 0 -> Answer.status(400);
      case 1 -> Answer.status(401);
      case 2 -> Answer.status(403);
      case 3 -> Answer.status(404);
      case 4 -> Answer.status(413);
      case 5 -> Answer.status(429, "1");
      case 6 -> Answer.status(503);
      case 7 -> Answer.status(500);
      case 8 -> Answer.cutBeforeReading();
      case 9 -> Answer.cutMidAnswer();
      case 10 -> Answer.takeThenCut();
      case 11 -> Answer.hang();
      case 12 -> random.nextBoolean() ? Answer.garbage(503) : Answer.endless(502);
      case 13 -> Answer.status(random.nextBoolean() ? 200 : 202);
      case 14 -> Answer.status(307);
      default -> Answer.slow(500);
    };
  }

  @Test
  void everyDetectionArrives_andNoOffsetMovesWhileItMayNotWrite() throws Exception {
    ForwarderConfig config =
        new ForwarderConfig(
            ForwarderConfig.SENTINEL,
            "lockstep.",
            new BackoffSettings(
                Duration.ofMillis(20), Duration.ofMillis(100), Duration.ofMillis(100)),
            Map.of(),
            ForwarderConfig.NO_CEILING,
            null,
            Instant.MIN);
    SentinelConfig to =
        SentinelConfig.of(
                sentinel.endpoint(), FakeLogsIngestionApi.RULE_ID, FakeLogsIngestionApi.STREAM)
            .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(1));
    write(100);
    try (DetectionsCluster.Forwarding unused =
        cluster.forward(config, to, counts, InstantSource.system(), SEED)) {
      awaitThat(() -> committed() == 100);

      Answer[] refusals = new Answer[20];
      Arrays.fill(refusals, Answer.status(403));
      sentinel.answerNext(refusals);
      write(BACKLOG);
      awaitThat(() -> counts.requests(AnswerClass.UNAUTHORISED) > 0);
      while (sentinel.answersLeft() > 0) {
        long at = committed();
        if (sentinel.answersLeft() > 0) {
          assertThat(at).isEqualTo(100);
        }
      }

      long began = System.nanoTime();
      awaitThat(() -> committed() == cluster.written());
      System.out.printf(
          "%,d rows of a backlog in %,d ms%n", BACKLOG, (System.nanoTime() - began) / 1_000_000);

      for (int i = 0; i < ANSWERS; i++) {
        sentinel.answerNext(answer());
      }
      while (sentinel.answersLeft() > 0) {
        write(1 + random.nextInt(20));
        int left = sentinel.answersLeft();
        awaitThat(() -> sentinel.answersLeft() < left || left == 0);
      }
      awaitThat(() -> committed() == cluster.written());
      assertThat(sentinel.latest()).as("seed %d", SEED).hasSize(cluster.written());
      assertThat(counts.deadLetters()).as("seed %d", SEED).isZero();
    }
  }

  private static void awaitThat(BooleanSupplier holds) {
    await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(20)).until(holds::getAsBoolean);
  }

  private long committed() {
    return cluster.committed("lockstep.forwarder");
  }
}
