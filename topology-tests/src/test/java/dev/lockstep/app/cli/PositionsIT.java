package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.Main;
import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.service.Service;
import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.kafka.ReadByHand;
import dev.lockstep.ingest.kafka.SourceMessages;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.source.Ingest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Positions are shown, and moved under whoever reads; what is recorded moves none. Both tests wait
 * most of the time, and run side by side.
 */
@Execution(ExecutionMode.CONCURRENT)
final class PositionsIT {
  private static final String TOPIC = "signins";
  private static final String PREFIX = "lockstep.";
  private static final int MESSAGES = 1_000;
  private static final Set<Service.Role> INGEST = EnumSet.of(Service.Role.INGEST);
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  @TempDir Path folder;

  @Test
  void readsAgainOnce_whatIsMovedUnderARunningInstance() throws Exception {
    try (TestBroker broker = TestBroker.start(TestBroker.Kind.LOCAL, folder.resolve("broker"));
        Onlooker onlooker = new Onlooker(broker.bootstrapServers())) {
      broker.createTopic(TOPIC);
      SourceMessages.send(broker.bootstrapServers(), TOPIC, 1, MESSAGES);
      Config config = Config.read(config(broker), Map.of());
      List<String> once =
          ReadByHand.of(TOPIC, onlooker.committed(TOPIC), ReadByHand.BY_TIMESTAMP).entries();
      try (Service running = new Service(config, INGEST)) {
        running.start();
        awaitEnd(onlooker);
        assertThat(ReadByHand.entries(onlooker.activities(PREFIX))).isEqualTo(once);
        shows(PositionsCommand.lines(config), onlooker);
        await("the lag to be none")
            .atMost(TIMEOUT)
            .until(() -> lefts(running).equals(List.of(0L, 0L, 0L, 0L)));

        try (Service moving = new Service(config, INGEST, "earliest")) {
          moving.start();
          await("everything to be read again")
              .atMost(TIMEOUT)
              .pollInterval(Duration.ofSeconds(1)) // each look reads the whole topic
              .until(
                  () ->
                      onlooker.activities(PREFIX).size() == 2 * once.size()
                          && onlooker.isAtEnd(PREFIX, TOPIC, TOPIC));
          await("both to have settled")
              .atMost(TIMEOUT)
              .until(() -> running.notReady().isEmpty() && moving.notReady().isEmpty());
          List<String> twice = Stream.concat(once.stream(), once.stream()).sorted().toList();
          assertThat(ReadByHand.entries(onlooker.activities(PREFIX))).isEqualTo(twice);
        }
      }
      SourceMessages.send(broker.bootstrapServers(), TOPIC, MESSAGES + 1, 100);
      try (Service passing = new Service(config, INGEST, "latest")) {
        passing.start();
        await("the source to be ready")
            .atMost(TIMEOUT)
            .until(() -> passing.notReady().isEmpty() && lefts(passing).size() == 4);
        awaitEnd(onlooker);
      }
      assertThat(onlooker.activities(PREFIX)).hasSize(2 * once.size());
    }
  }

  @Test
  void recordsWithoutMovingAnything_untilItsTimeIsOver() throws Exception {
    try (TestBroker broker = TestBroker.start(TestBroker.Kind.LOCAL, folder.resolve("broker"));
        Onlooker onlooker = new Onlooker(broker.bootstrapServers())) {
      broker.createTopic(TOPIC);
      SourceMessages.send(broker.bootstrapServers(), TOPIC, 1, MESSAGES);
      Path config = config(broker);
      Path output = folder.resolve("recorded");
      int exit =
          Main.commandLine()
              .execute(
                  "capture",
                  "--config",
                  config.toString(),
                  "--output",
                  output.toString(),
                  "--for",
                  "6s",
                  "--quiet");
      assertThat(exit).isEqualTo(ExitCode.DONE);
      List<SourceMessage> messages = new ArrayList<>();
      new CaptureFiles(Limits.defaults())
          .read(
              List.of(output.toString()),
              InputStream.nullInputStream(),
              messages::add,
              damage -> {
                throw new AssertionError(damage);
              },
              bytes -> {});
      assertThat(messages).hasSize(MESSAGES);
      assertThat(messages)
          .allMatch(
              message ->
                  message.arrivalAt() != null
                      && message.arrivalAt() == SourceMessages.ARRIVAL.toEpochMilli());
      assertThat(onlooker.topics()).containsExactly(TOPIC);
    }
  }

  private static void shows(List<PositionsCommand.Line> lines, Onlooker onlooker)
      throws IOException {
    JsonNode json = new ObjectMapper().readTree(PositionsCommand.asJson(lines));
    assertThat(json).hasSize(4);
    Map<Integer, Long> ends = onlooker.ends(TOPIC);
    for (JsonNode line : json) {
      assertThat(line.get("source").asText()).isEqualTo(TOPIC);
      assertThat(line.get("hub").asText()).isEqualTo(TOPIC);
      assertThat(line.get("next").asLong()).isEqualTo(ends.get(line.get("partition").asInt()));
      assertThat(line.get("left").asLong()).isZero();
      assertThat(line.get("clock").asText()).isEqualTo("2026-11-20T12:00:00.000Z");
      assertThat(line.has("files")).isFalse();
    }
  }

  private static List<Long> lefts(Service service) {
    return service.lags().getOrDefault(TOPIC, List.of()).stream().map(Ingest.Lag::left).toList();
  }

  private static void awaitEnd(Onlooker onlooker) {
    await("every message to be read")
        .atMost(TIMEOUT)
        .until(() -> onlooker.isAtEnd(PREFIX, TOPIC, TOPIC));
  }

  private Path config(TestBroker broker) throws IOException {
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(
        file,
        """
        sources: [{name: signins, type: kafka, bootstrapServers: "%1$s", topic: signins}]
        kafka: {bootstrapServers: "%1$s"}
        metrics: {port: 0}
        """
            .formatted(broker.bootstrapServers()));
    return file;
  }
}
