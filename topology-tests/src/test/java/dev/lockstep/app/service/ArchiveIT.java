package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.replay.CaptureFolder;
import dev.lockstep.app.replay.Verdict;
import dev.lockstep.schemas.Detection;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An archive that is read beside a live topic gives what a replay gives, and only news go out. */
final class ArchiveIT {
  private static final String TOPIC = "live";
  private static final String PREFIX = "lockstep.";
  private static final Instant FORWARD_FROM = Instant.parse("2026-11-15T00:00:00Z");
  private static final Instant LIVE = Instant.parse("2026-11-24T00:00:00Z");
  private static final Duration TIMEOUT = Duration.ofSeconds(150);

  @TempDir Path folder;

  @Test
  void findsWhatAReplayFinds_andForwardsWhatIsNotOver() throws Exception {
    CaptureFolder capture = CaptureFolder.unpack(folder.resolve("capture"));
    List<Detection> replayed = CaptureFolder.bundledDetections();
    SortedSet<Verdict> all = Verdict.of(replayed);
    SortedSet<Verdict> news =
        Verdict.of(
            replayed.stream()
                .filter(each -> each.getEndTime() >= FORWARD_FROM.toEpochMilli())
                .toList());
    assertThat(news).isNotEmpty().hasSizeLessThan(all.size());
    Path archive = Files.createDirectories(folder.resolve("archive"));
    for (String name : CaptureFolder.MESSAGES) {
      Path file = Files.copy(capture.folder().resolve(name), archive.resolve(name));
      Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-11-22T00:00:00Z")));
    }
    try (TestBroker broker = TestBroker.start(TestBroker.Kind.LOCAL, folder.resolve("broker"));
        FakeLogsIngestionApi sentinel = FakeLogsIngestionApi.start(null, 0);
        Onlooker onlooker = new Onlooker(broker.bootstrapServers())) {
      broker.createTopic(TOPIC);
      sendLive(broker);
      Config config = Config.read(config(capture, archive, broker, sentinel), Map.of());
      try (Service service = new Service(config, EnumSet.allOf(Service.Role.class))) {
        service.start();
        await("all detections to be found")
            .atMost(TIMEOUT)
            .untilAsserted(
                () ->
                    assertThat(
                            Verdict.differences(all, Verdict.active(onlooker.detections(PREFIX))))
                        .isEmpty());
        await("the news to be delivered")
            .atMost(TIMEOUT)
            .untilAsserted(
                () -> {
                  assertThat(onlooker.lag(PREFIX + "forwarder")).as("lag").isZero();
                  assertThat(Verdict.differences(news, Verdict.delivered(sentinel))).isEmpty();
                });
        assertThat(sentinel.rows())
            .allSatisfy(row -> assertThat(endTime(row)).isAfterOrEqualTo(FORWARD_FROM));
        assertThat(service.forwarded().values())
            .allMatch(counts -> counts.rowsArchived() > 0, "has left some in the archive");
        assertThat(service.read().get("archive"))
            .isNotNull()
            .satisfies(counts -> assertThat(counts.total().rejected()).isZero());
      }
    }
  }

  /** Sends a sign-in to each partition that arrives when all of the archive has. */
  private static void sendLive(TestBroker broker) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int partition = 0; partition < 4; partition++) {
        String signIn =
            """
            {"records":[{"time":"%1$s","category":"SignInLogs","properties":{"id":"live-%2$d",\
            "createdDateTime":"%1$s","userId":"live-%2$d","ipAddress":"203.0.113.7",\
            "status":{"errorCode":0}}}]}\
            """
                .formatted(LIVE, partition);
        producer
            .send(
                new ProducerRecord<>(
                    TOPIC,
                    partition,
                    LIVE.toEpochMilli(),
                    null,
                    signIn.getBytes(StandardCharsets.UTF_8)))
            .get();
      }
    }
  }

  private static Instant endTime(FakeLogsIngestionApi.Row row) throws JsonProcessingException {
    return Instant.parse(new ObjectMapper().readTree(row.json()).path("EndTime").asText());
  }

  private Path config(
      CaptureFolder capture, Path archive, TestBroker broker, FakeLogsIngestionApi sentinel)
      throws IOException {
    Path file = capture.folder().resolve("archive.yaml");
    Files.writeString(
        file,
        capture.configuration()
            + """
        sources:
          - {name: archive, type: capture, path: "%1$s", forwardFrom: %2$s}
          - {name: live, type: kafka, bootstrapServers: "%3$s", topic: live}
        kafka: {bootstrapServers: "%3$s", stateDir: "%4$s"}
        sentinel: {endpoint: "%5$s", ruleId: %6$s, stream: %7$s, auth: none}
        metrics: {port: 0}
        """
                .formatted(
                    archive,
                    FORWARD_FROM,
                    broker.bootstrapServers(),
                    folder.resolve("state"),
                    sentinel.endpoint(),
                    FakeLogsIngestionApi.RULE_ID,
                    FakeLogsIngestionApi.STREAM));
    return file;
  }
}
