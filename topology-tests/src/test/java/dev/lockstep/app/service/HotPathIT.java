package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.replay.CaptureFolder;
import dev.lockstep.app.replay.CapturePlayer;
import dev.lockstep.app.replay.Verdict;
import dev.lockstep.ingest.kafka.ReadByHand;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole path on a real broker with Sigma rules, two instances, one of them killed in the middle
 * and started again, against an API on a bad day: what arrives is what a replay gives.
 */
@ParameterizedClass
@MethodSource("kinds")
final class HotPathIT {
  private static final String TOPIC = "demo";
  private static final String PREFIX = "lockstep.";
  private static final Duration TIMEOUT = Duration.ofSeconds(150);

  /** Between two looks at all findings. */
  private static final Duration LOOK = Duration.ofMillis(500);

  private final TestBroker.Kind kind;

  @TempDir Path folder;

  HotPathIT(TestBroker.Kind kind) {
    this.kind = kind;
  }

  static List<TestBroker.Kind> kinds() {
    return TestBroker.kinds();
  }

  @Test
  void deliversWhatAReplayGives_overAKillAndABadDayOfTheApi() throws Exception {
    deliversWhatAReplayGives(capture().shorten(), 400);
  }

  @Test
  @Tag("long")
  void deliversWhatAReplayGives_ofTheWholeCapture() throws Exception {
    deliversWhatAReplayGives(capture(), 1_200);
  }

  private CaptureFolder capture() throws IOException {
    return CaptureFolder.unpackWithSigma(folder.resolve("capture"));
  }

  private void deliversWhatAReplayGives(CaptureFolder capture, int middle) throws Exception {
    SortedSet<Verdict> expected = Verdict.of(capture.replay().detections());
    try (TestBroker broker = TestBroker.start(kind, folder.resolve("broker"));
        FakeLogsIngestionApi sentinel = FakeLogsIngestionApi.start(null, 0);
        Onlooker onlooker = new Onlooker(broker.bootstrapServers())) {
      broker.createTopic(TOPIC);
      sentinel.answerNext(
          Answer.status(401),
          Answer.status(429, "1"),
          Answer.status(503),
          Answer.cutBeforeReading(),
          Answer.takeThenCut());
      Path childConfig = config(capture, broker, sentinel, "child");
      Path log = folder.resolve("child.log");
      Config config = Config.read(config(capture, broker, sentinel, "survivor"), Map.of());
      try (Service survivor = new Service(config, EnumSet.allOf(Service.Role.class));
          ServiceProcess child = ServiceProcess.start(childConfig, log);
          HeldProducer producer = HeldProducer.to(broker.bootstrapServers(), middle)) {
        survivor.start();
        await("both instances to share the work: " + log)
            .atMost(TIMEOUT)
            .until(() -> child.isReady() && survivor.notReady().isEmpty() && shared(onlooker));
        Set<TopicPartition> childs = childsPartitions(onlooker);
        CompletableFuture<CapturePlayer.Played> playing =
            CompletableFuture.supplyAsync(() -> play(capture, producer));
        producer.awaitMiddle();
        await("the child to have read something")
            .atMost(TIMEOUT)
            .until(() -> read(onlooker, childs) > 0);
        long before = read(onlooker, childs);
        producer.trickle();
        await("the child to be reading")
            .atMost(TIMEOUT)
            .pollInterval(Duration.ofMillis(20))
            .until(() -> read(onlooker, childs) > before);
        child.kill();
        long atKill = read(onlooker, childs);
        assertThat(playing).as("messages were still coming").isNotDone();
        producer.release();

        CapturePlayer.Played played = playing.join();
        long all = childs.stream().mapToLong(p -> onlooker.ends(TOPIC).get(p.partition())).sum();
        assertThat(atKill).as("the child had read some").isPositive();
        assertThat(atKill).as("the child had not read all").isLessThan(all);
        System.out.printf(
            "killed after %d of its %d messages, of %d played%n", atKill, all, played.messages());

        try (ServiceProcess again = ServiceProcess.start(childConfig, log)) {
          await("all detections to be delivered; " + log)
              .atMost(TIMEOUT)
              .pollInterval(LOOK)
              .untilAsserted(
                  () ->
                      assertThat(Verdict.differences(expected, Verdict.delivered(sentinel)))
                          .isEmpty());
          await("everything to be read")
              .atMost(TIMEOUT)
              .pollInterval(LOOK)
              .untilAsserted(
                  () -> {
                    assertThat(onlooker.positions(PREFIX, TOPIC)).isEqualTo(onlooker.ends(TOPIC));
                    assertThat(onlooker.lag(PREFIX + "detect")).as("lag of detect").isZero();
                    assertThat(onlooker.lag(PREFIX + "forward")).as("lag of forward").isZero();
                  });
          assertThat(again.isAlive()).isTrue();
        }
      }
      assertThat(Verdict.differences(expected, Verdict.delivered(sentinel))).isEmpty();
      assertThat(sentinel.answersLeft()).as("answers of a bad day left").isZero();
      assertThat(ReadByHand.entries(onlooker.activities(PREFIX)))
          .isEqualTo(
              ReadByHand.of(TOPIC, onlooker.committed(TOPIC), ReadByHand.BY_HEADER).entries());
    }
  }

  /** Returns whether both have partitions of the source and tasks of the topology. */
  private static boolean shared(Onlooker onlooker) {
    Map<String, Set<TopicPartition>> readers = onlooker.members(PREFIX + "ingest-" + TOPIC);
    if (readers.size() < 2 || readers.values().stream().anyMatch(Set::isEmpty)) {
      return false;
    }
    Map<String, Set<TopicPartition>> threads = onlooker.members(PREFIX + "detect");
    return threads.size() == 4 && threads.values().stream().noneMatch(Set::isEmpty);
  }

  private static Set<TopicPartition> childsPartitions(Onlooker onlooker) {
    Set<TopicPartition> childs = onlooker.members(PREFIX + "ingest-" + TOPIC).get("child");
    assertThat(childs).isNotEmpty();
    return childs == null ? Set.of() : childs;
  }

  private static long read(Onlooker onlooker, Set<TopicPartition> partitions) {
    Map<Integer, Long> positions = onlooker.positions(PREFIX, TOPIC);
    return partitions.stream().mapToLong(p -> positions.getOrDefault(p.partition(), 0L)).sum();
  }

  private static CapturePlayer.Played play(CaptureFolder capture, HeldProducer producer) {
    try {
      return new CapturePlayer(producer, TOPIC, 0)
          .play(capture.paths(), CaptureFolder.nothing(), CaptureFolder.silent());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path config(
      CaptureFolder capture, TestBroker broker, FakeLogsIngestionApi sentinel, String name)
      throws IOException {
    Path file = capture.folder().resolve(name + ".yaml");
    Files.writeString(
        file,
        capture.configuration()
            + """
            sources:
              - name: demo
                type: kafka
                bootstrapServers: "%1$s"
                topic: demo
                arrival: header
                properties:
                  client.id: %2$s
                  max.poll.records: "20"
                  session.timeout.ms: "6000"
                  heartbeat.interval.ms: "500"
            kafka:
              bootstrapServers: "%1$s"
              stateDir: "%3$s"
              properties:
                session.timeout.ms: "6000"
                heartbeat.interval.ms: "500"
                transaction.timeout.ms: "6000"
            sentinel:
              endpoint: %4$s
              ruleId: %5$s
              stream: %6$s
              auth: none
            heartbeat: false
            metrics: {port: 0}
            """
                .formatted(
                    broker.bootstrapServers(),
                    name,
                    folder.resolve("state-" + name),
                    sentinel.endpoint(),
                    FakeLogsIngestionApi.RULE_ID,
                    FakeLogsIngestionApi.STREAM));
    return file;
  }
}
