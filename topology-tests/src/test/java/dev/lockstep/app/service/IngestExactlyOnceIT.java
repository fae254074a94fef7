package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.ingest.kafka.ReadByHand;
import dev.lockstep.ingest.kafka.SourceMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each record is written once, though the process that reads is killed again and again while
 * messages flow. In full: {@code -Dlockstep.kills=20 -Dlockstep.messagesPerKill=6250}.
 */
@ParameterizedClass
@MethodSource("kinds")
final class IngestExactlyOnceIT {
  private static final String TOPIC = "signins";
  private static final String PREFIX = "lockstep.";
  private static final int KILLS = Integer.getInteger("lockstep.kills", 2);
  private static final int MESSAGES = KILLS * Integer.getInteger("lockstep.messagesPerKill", 2_000);
  private static final long SEED = Long.getLong("lockstep.seed", 20_261_125L);
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

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
      System.out.printf("%d kills among %d messages, from seed %d%n", KILLS, MESSAGES, SEED);
      Random random = new Random(SEED);
      Path config = config(broker);
      Path log = folder.resolve("ingest.log");
      CompletableFuture<Void> flow =
          CompletableFuture.runAsync(() -> send(broker.bootstrapServers()));
      long read = 0;
      for (int kill = 1; kill <= KILLS; kill++) {
        // Somewhere in this kill's share of what is left; the last one leaves something to read.
        long enough = read + 1 + random.nextLong((MESSAGES - read) / (KILLS - kill + 2));
        long pauseNanos = random.nextLong(100_000_000);
        try (ServiceProcess process = ServiceProcess.start(config, log, "--role", "ingest")) {
          await("message number " + enough + " to be read; " + log)
              .atMost(TIMEOUT)
              .pollInterval(Duration.ofMillis(20))
              .until(() -> process.isAlive() && onlooker.read(PREFIX, TOPIC) >= enough);
          LockSupport.parkNanos(pauseNanos); // so that a kill is at no certain point of a batch
          process.kill();
        }
        long atKill = onlooker.read(PREFIX, TOPIC);
        System.out.printf("kill %d after %d of %d messages%n", kill, atKill, MESSAGES);
        assertThat(atKill).as("it had read more").isGreaterThan(read);
        assertThat(atKill).as("it had not read all").isLessThan(MESSAGES);
        read = atKill;
      }
      flow.join();
      try (ServiceProcess process = ServiceProcess.start(config, log, "--role", "ingest")) {
        await("every message to be read; " + log)
            .atMost(TIMEOUT)
            .until(() -> process.isAlive() && onlooker.isAtEnd(PREFIX, TOPIC, TOPIC));
      }
      assertThat(onlooker.ends(TOPIC).values().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(MESSAGES);
      ReadByHand expected =
          ReadByHand.of(TOPIC, onlooker.committed(TOPIC), ReadByHand.BY_TIMESTAMP);
      System.out.printf("%d records%n", expected.records());
      expected.assertWrittenOnce(onlooker, PREFIX);
    }
  }

  private static void send(String bootstrapServers) {
    try {
      SourceMessages.send(bootstrapServers, TOPIC, 1, MESSAGES);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the source takes no messages", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
