package dev.lockstep.app.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.replay.CaptureFolder;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.service.ServiceProcess;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules of a stranger's jar in {@code run}: as a replay's, up to the rows at Sentinel. */
final class StrangersRulesIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOPIC = "logs";
  private static final Set<String> IDS =
      Set.of("country-switch", "call-without-sign-in", "wrong-passwords", "new-country");
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir Path folder;

  @Test
  void theirFindingsReachSentinel_asAReplayGivesThem() throws Exception {
    Path capture = StrangersCapture.write(folder);
    StrangersJar.ofEachKind().into(folder.resolve("my-rules"), "stranger.jar");
    Path log = folder.resolve("service.log");
    try (TestBroker broker = TestBroker.start(TestBroker.Kind.LOCAL, folder.resolve("broker"));
        FakeLogsIngestionApi sentinel = FakeLogsIngestionApi.start(null, 0)) {
      Path file = config(broker, sentinel);
      Map<String, String> variables = Map.of("LOCKSTEP_RULES_WRONG_PASSWORDS_USERS", "4");
      Map<String, String> expected = replay(Config.read(file, variables), capture);
      assertThat(new TreeSet<>(expected.values())).containsAll(IDS);
      broker.createTopic(TOPIC);
      send(broker, capture);
      try (ServiceProcess service = ServiceProcess.start(variables, file, log)) {
        await("the rows of all findings; " + log)
            .atMost(TIMEOUT)
            .untilAsserted(() -> assertThat(delivered(sentinel)).isEqualTo(expected));
        for (String id : IDS) {
          await("the metrics of " + id)
              .atMost(TIMEOUT)
              .until(
                  () -> {
                    HttpResponse<String> metrics = service.ask("/metrics");
                    return metrics != null
                        && metrics
                            .body()
                            .contains("lockstep_rule_state{rule=\"" + id + "\",state=\"yes\"} 1.0")
                        && metrics.body().contains("lockstep_findings_total{rule=\"" + id + "\"");
                  });
        }
      }
    }
    RuleJar jar =
        Config.read(folder.resolve("lockstep.yaml"), Map.of()).rules().catalogue().jars().get(0);
    assertThat(log)
        .content()
        .contains("from the jar \"stranger.jar\", SHA-256 " + jar.sha256())
        .contains("rule new-country is on");
  }

  /** Returns the rule of each finding, by its id. */
  private static Map<String, String> replay(Config config, Path capture) throws IOException {
    Map<String, String> rules = new TreeMap<>();
    new Replay(config.rules(), Wiring.enrichment(config), Long.MIN_VALUE, Long.MAX_VALUE, 2)
        .run(List.of(capture.toString()), CaptureFolder.nothing(), CaptureFolder.silent())
        .detections()
        .forEach(each -> rules.put(each.getId(), each.getRule()));
    return rules;
  }

  private static Map<String, String> delivered(FakeLogsIngestionApi sentinel) throws IOException {
    Map<String, String> rules = new TreeMap<>();
    for (FakeLogsIngestionApi.Row row : sentinel.latest().values()) {
      JsonNode columns = JSON.readTree(row.json());
      rules.put(columns.get("DetectionId").asText(), columns.get("Rule").asText());
    }
    return rules;
  }

  private static void send(TestBroker broker, Path capture) throws Exception {
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (String line : Files.readAllLines(capture)) {
        String body = "{\"records\":[" + line + "]}";
        producer.send(new ProducerRecord<>(TOPIC, body.getBytes(StandardCharsets.UTF_8))).get();
      }
    }
  }

  private Path config(TestBroker broker, FakeLogsIngestionApi sentinel) throws IOException {
    return Files.writeString(
        folder.resolve("lockstep.yaml"),
        """
        networks: networks.csv
        rules: {directories: my-rules}
        sources:
          - {name: local, type: kafka, bootstrapServers: "%1$s", topic: logs, arrival: header}
        kafka: {bootstrapServers: "%1$s", stateDir: state}
        sentinel: {endpoint: "%2$s", ruleId: %3$s, stream: %4$s, auth: none}
        heartbeat: false
        metrics: {port: 0}
        """
            .formatted(
                broker.bootstrapServers(),
                sentinel.endpoint(),
                FakeLogsIngestionApi.RULE_ID,
                FakeLogsIngestionApi.STREAM));
  }
}
