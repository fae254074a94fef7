package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.ingest.amqp.FakeEventHub;
import dev.lockstep.ingest.kafka.ReadByHand;
import dev.lockstep.ingest.kafka.SourceMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each record of a hub that is read by AMQP is written once, though the process is killed. */
final class EventHubsAmqpIT {
  private static final String HUB = "insights-logs-signinlogs";
  private static final String PREFIX = "lockstep.";
  private static final int PARTITIONS = 2;
  private static final int MESSAGES = 12_000;
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir Path folder;

  @Test
  void writesEachRecordOnce_whereverTheProcessIsKilled() throws Exception {
    Path log = folder.resolve("ingest.log");
    Path last = folder.resolve("last.log");
    FakeEventHub hub = FakeEventHub.start(HUB, PARTITIONS);
    try (TestBroker broker = TestBroker.start(TestBroker.Kind.LOCAL, folder.resolve("broker"));
        Onlooker onlooker = new Onlooker(broker.bootstrapServers())) {
      for (int number = 1; number <= MESSAGES; number++) {
        hub.add(
            number % PARTITIONS,
            SourceMessages.message(number),
            SourceMessages.ARRIVAL.toEpochMilli() + number);
      }
      Path config = config(broker, hub);
      long read = 0;
      for (int kill = 1; kill <= 2; kill++) {
        try (ServiceProcess process = ServiceProcess.start(config, log, "--role", "ingest")) {
          long enough = MESSAGES * (long) kill / 6;
          await("message number " + enough + " to be read; " + log)
              .atMost(TIMEOUT)
              .pollInterval(Duration.ofMillis(20))
              .until(() -> process.isAlive() && onlooker.read(PREFIX, "hub") >= enough);
          process.kill();
        }
        long atKill = onlooker.read(PREFIX, "hub");
        System.out.printf("kill %d after %d of %d messages%n", kill, atKill, MESSAGES);
        assertThat(atKill).as("it had read more").isGreaterThan(read);
        assertThat(atKill).as("it had not read all").isLessThan(MESSAGES);
        read = atKill;
      }
      try (ServiceProcess process = ServiceProcess.start(config, last, "--role", "ingest")) {
        await("every message to be read; " + last)
            .atMost(TIMEOUT)
            .until(() -> process.isAlive() && onlooker.positions(PREFIX, "hub").equals(hub.ends()));
        await("the source to be ready; " + last).atMost(TIMEOUT).until(process::isReady);
      }
      List<String> expected =
          ReadByHand.of("hub", hub.records(), ReadByHand.BY_TIMESTAMP).entries();
      assertThat(ReadByHand.entries(onlooker.activities(PREFIX)).equals(expected))
          .as("each record was written once")
          .isTrue();
    } finally {
      hub.close();
    }
  }

  private Path config(TestBroker broker, FakeEventHub hub) throws IOException {
    Path secret = folder.resolve("connection-string");
    Files.writeString(secret, FakeEventHub.connectionString(hub.port()));
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(
        file,
        """
        sources:
          - name: hub
            type: event-hubs-amqp
            hub: %s
            auth: connection-string
            connectionString: ${file:%s}
        kafka: {bootstrapServers: "%s"}
        metrics: {port: 0}
        """
            .formatted(HUB, secret, broker.bootstrapServers()));
    return file;
  }
}
