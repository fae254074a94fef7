package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.cluster.SourceBacklogs;
import dev.lockstep.ingest.kafka.KafkaRecorder;
import dev.lockstep.ingest.kafka.ReadByHand;
import dev.lockstep.ingest.kafka.SourceMessages;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Where;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is recorded from a topic and read again from its files is what the topic gives. */
final class CaptureSourceIT {
  private static final String TOPIC = "signins";
  private static final String PREFIX = "lockstep.";
  private static final int KILLS = Integer.getInteger("lockstep.kills", 2);
  private static final int MESSAGES =
      Math.max(40_000, KILLS * Integer.getInteger("lockstep.messagesPerKill", 0));
  private static final long SEED = Long.getLong("lockstep.seed", 20_261_125L);
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  @TempDir Path folder;

  @Test
  void readsACaptureOnce_whereverTheProcessIsKilled() throws Exception {
    System.out.printf("%d kills among %d messages, from seed %d%n", KILLS, MESSAGES, SEED);
    try (TestBroker broker = TestBroker.start(TestBroker.Kind.LOCAL, folder.resolve("broker"));
        Onlooker onlooker = new Onlooker(broker.bootstrapServers())) {
      broker.createTopic(TOPIC);
      SourceMessages.send(broker.bootstrapServers(), TOPIC, 1, MESSAGES);
      Path archive = folder.resolve("archive");
      record(broker, archive);
      Path config = config(broker, archive);
      Path log = folder.resolve("ingest.log");
      Random random = new Random(SEED);
      long read = 0;
      for (int kill = 1; kill <= KILLS; kill++) {
        long enough = read + 1 + random.nextLong((MESSAGES - read) / (KILLS - kill + 2));
        long pauseNanos = random.nextLong(50_000_000);
        long atKill;
        try (ServiceProcess process = ServiceProcess.start(config, log, "--role", "ingest")) {
          await("the topics to be there")
              .atMost(TIMEOUT)
              .until(() -> onlooker.topics().contains(PREFIX + "positions"));
          try (PositionsTail tail =
              new PositionsTail(broker.bootstrapServers(), PREFIX + "positions")) {
            await("message number " + enough + " to be read; " + log)
                .atMost(TIMEOUT)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> process.isAlive() && tail.sum() >= enough);
            LockSupport.parkNanos(pauseNanos);
            process.kill();
            atKill = tail.sum(); // does not wait for the transaction that was open
          }
        }
        System.out.printf("kill %d after %d of %d messages%n", kill, atKill, MESSAGES);
        assertThat(atKill).as("it had read more").isGreaterThan(read);
        assertThat(atKill).as("it had not read all").isLessThan(MESSAGES);
        read = atKill;
      }
      try (ServiceProcess process = ServiceProcess.start(config, log, "--role", "ingest")) {
        await("every message to be read; " + log)
            .atMost(TIMEOUT)
            .until(() -> process.isAlive() && read(broker) == MESSAGES);
      }
      ReadByHand expected =
          ReadByHand.of(TOPIC, onlooker.committed(TOPIC), ReadByHand.BY_TIMESTAMP);
      assertThat(onlooker.activities(PREFIX).stream().map(CaptureSourceIT::entry).sorted())
          .containsExactlyElementsOf(
              expected.activities().stream().map(CaptureSourceIT::entry).sorted().toList());
      assertThat(letters(onlooker, "dead-letters"))
          .isNotEmpty()
          .containsExactlyInAnyOrderElementsOf(
              expected.rejected().stream().map(CaptureSourceIT::letter).toList());
      assertThat(letters(onlooker, "quarantine"))
          .isNotEmpty()
          .containsExactlyInAnyOrderElementsOf(
              expected.quarantined().stream().map(CaptureSourceIT::letter).toList());
    }
  }

  private static void record(TestBroker broker, Path archive) throws Exception {
    Config.Source source =
        Config.read(
                null,
                Map.of(
                    "LOCKSTEP_SOURCES_0_NAME",
                    "signins",
                    "LOCKSTEP_SOURCES_0_TYPE",
                    "kafka",
                    "LOCKSTEP_SOURCES_0_TOPIC",
                    TOPIC,
                    "LOCKSTEP_SOURCES_0_BOOTSTRAPSERVERS",
                    broker.bootstrapServers()))
            .sources()
            .get(0);
    KafkaRecorder recorder =
        new KafkaRecorder(Wiring.sourceConfig(source), archive, InstantSource.system());
    CompletableFuture<Void> recording =
        CompletableFuture.runAsync(
            () -> {
              try {
                recorder.record();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    await("every message to be recorded")
        .atMost(TIMEOUT)
        .until(() -> recording.isDone() || recorder.messages() == MESSAGES);
    recorder.stop();
    recording.join();
    assertThat(recorder.files()).isEqualTo(4);
    try (Stream<Path> files = Files.walk(archive).filter(Files::isRegularFile)) {
      for (Path file : files.toList()) {
        assertThat(archive.relativize(file).toString())
            .matches("signins/signins/[0-3]/2026/11/20/12/00/00.avro");
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-11-20T13:00:00Z")));
      }
    }
  }

  private static long read(TestBroker broker) {
    KafkaTarget target =
        new KafkaTarget(Map.of("bootstrap.servers", broker.bootstrapServers()), PREFIX);
    return SourceBacklogs.read(target, InstantSource.system()).stream()
        .mapToLong(SourceBacklogs.Row::next)
        .sum();
  }

  private static String entry(Activity activity) {
    return activity.getCategory()
        + " "
        + activity.getEventId()
        + " "
        + place(activity.getWhere())
        + " "
        + activity.getArrivalAt();
  }

  private static List<String> letters(Onlooker onlooker, String topic) {
    return onlooker.letters(PREFIX + topic).stream().map(CaptureSourceIT::letter).toList();
  }

  private static String letter(DeadLetter letter) {
    ByteBuffer body = letter.getBody();
    return letter.getReason() + " " + place(letter.getWhere()) + " " + body.hashCode();
  }

  /** Returns partition, offset and index, whether of a topic or of the files recorded from it. */
  private static String place(Where where) {
    String file = where.getFile();
    String partition =
        file == null ? Integer.toString(where.getPartition()) : file.split("/", -1)[2];
    return partition + "/" + where.getPosition() + "/" + where.getIndex();
  }

  private Path config(TestBroker broker, Path archive) throws IOException {
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(
        file,
        """
        sources: [{name: old, type: capture, path: %s}]
        kafka: {bootstrapServers: "%s"}
        metrics: {port: 0}
        """
            .formatted(archive, broker.bootstrapServers()));
    return file;
  }
}
