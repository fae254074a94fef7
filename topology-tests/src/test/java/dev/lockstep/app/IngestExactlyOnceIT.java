package dev.lockstep.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.SingleObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Each record is written once, though the process that reads is killed again and again. */
@ParameterizedClass
@MethodSource("kinds")
final class IngestExactlyOnceIT {
  private static final String TOPIC = "signins";
  private static final String PREFIX = "lockstep.";
  private static final int MESSAGES = 6_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final TestBroker.Kind kind;

  @TempDir Path folder;

  IngestExactlyOnceIT(TestBroker.Kind kind) {
    this.kind = kind;
  }

  static List<TestBroker.Kind> kinds() {
    return TestBroker.kinds();
  }

  @Test
  void writesEachRecordOnce_whereverTheProcessIsKilled() throws Exception {
    try (TestBroker broker = TestBroker.start(kind, folder.resolve("broker"));
        Onlooker onlooker = new Onlooker(broker.bootstrapServers())) {
      broker.createTopic(TOPIC);
      SourceMessages.send(broker.bootstrapServers(), TOPIC, 1, MESSAGES);
      Path config = config(broker);
      Path log = folder.resolve("ingest.log");
      long read = 0;
      for (int kill = 1; kill <= 2; kill++) {
        try (ServiceProcess process = ServiceProcess.start(config, log, "--role", "ingest")) {
          long enough = MESSAGES * (long) kill / 6;
          await("message number " + enough + " to be read; " + log)
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(20))
              .until(() -> process.isAlive() && read(onlooker) >= enough);
          process.kill();
        }
        long atKill = read(onlooker);
        System.out.printf("kill %d after %d of %d messages%n", kill, atKill, MESSAGES);
        assertThat(atKill).as("it had read more").isGreaterThan(read);
        assertThat(atKill).as("it had not read all").isLessThan(MESSAGES);
        read = atKill;
      }
      try (ServiceProcess process = ServiceProcess.start(config, log, "--role", "ingest")) {
        await("every message to be read; " + log)
            .atMost(PATIENCE)
            .until(
                () ->
                    process.isAlive()
                        && onlooker.positions(PREFIX, TOPIC).equals(onlooker.ends(TOPIC)));
      }
      ReadByHand expected =
          ReadByHand.of(TOPIC, onlooker.committed(TOPIC), ReadByHand.BY_TIMESTAMP);
      assertThat(ReadByHand.entries(onlooker.activities(PREFIX))).isEqualTo(expected.entries());
      assertThat(ReadByHand.letters(letters(onlooker, "dead-letters")))
          .isEqualTo(ReadByHand.letters(expected.rejected()));
      assertThat(ReadByHand.letters(letters(onlooker, "quarantine")))
          .isEqualTo(ReadByHand.letters(expected.quarantined()));
    }
  }

  /** Returns how many messages are read and committed; none before the topics are there. */
  private static long read(Onlooker onlooker) {
    if (!onlooker.topics().contains(PREFIX + "positions")) {
      return 0;
    }
    Map<Integer, Long> positions = onlooker.positions(PREFIX, TOPIC);
    return positions.values().stream().mapToLong(Long::longValue).sum();
  }

  private static List<DeadLetter> letters(Onlooker onlooker, String topic) {
    SingleObject<DeadLetter> codec = new SingleObject<>(DeadLetter.getClassSchema());
    return onlooker.committed(PREFIX + topic).stream()
        .map(record -> codec.decode(record.value()))
        .toList();
  }

  private Path config(TestBroker broker) throws IOException {
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(
        file,
        """
        sources:
          - name: signins
            type: kafka
            bootstrapServers: "%1$s"
            topic: signins
            properties:
              max.poll.records: "20"
              session.timeout.ms: "6000"
              heartbeat.interval.ms: "500"
        kafka: {bootstrapServers: "%1$s"}
        metrics: {port: 0}
        """
            .formatted(broker.bootstrapServers()));
    return file;
  }
}
