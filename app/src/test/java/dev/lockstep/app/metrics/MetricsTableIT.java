package dev.lockstep.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.heartbeat.Heartbeat;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.app.replay.CapturePlayer;
import dev.lockstep.app.service.Service;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import dev.lockstep.sentinel.sink.AnswerClass;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the table of metrics in the documentation against what a running service has. */
final class MetricsTableIT {
  private static final Path DEMO = Path.of("../app/src/main/resources/demo");
  private static final Path TABLE = Path.of("../docs/operations.md");
  private static final Path ANSWERS = Path.of("../docs/sinks.md");
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final String TOPIC = "logs";
  private static final String DELIVERED =
      "lockstep_delivery_latency_seconds_bucket{rule=\"token-replay\",sink=\"sentinel\"";

  @TempDir Path folder;

  @Test
  void theTableNamesEveryMetricThereIs_andNoOther() throws Exception {
    try (LocalBroker broker = LocalBroker.start(folder.resolve("broker"), 0, CalmBroker.OPTIONS);
        FakeLogsIngestionApi sentinel = FakeLogsIngestionApi.start(null, 0)) {
      PlayedTopic.create(broker.bootstrapServers(), TOPIC, 4);
      play(broker);
      Config config = config(broker, sentinel);
      try (Service service = new Service(config, EnumSet.allOf(Service.Role.class));
          Heartbeat heartbeat = Heartbeat.of(config, service, InstantSource.system());
          Meters meters = new Meters(service, heartbeat.counts())) {
        meters.refresh();
        assertThat(meters.registry().scrape())
            .as("counters that begin at 0, so that Prometheus sees the first finding")
            .contains("lockstep_findings_total{rule=\"token-replay\",severity=\"High\"} 0.0")
            .contains(
                "lockstep_forwarder_rule_rows_total{rule=\"token-replay\",sink=\"sentinel\"} 0.0");
        service.start();
        await("everything that is counted to have happened")
            .atMost(TIMEOUT)
            .until(
                () ->
                    !service.counters().findings().isEmpty()
                        && service.counters().coverage().size() > 1
                        && service.read().values().stream()
                            .allMatch(counts -> counts.total().rejected() > 0)
                        && service.forwarded().values().stream()
                            .allMatch(counts -> counts.rowsTaken() > 0)
                        && !service.lags().getOrDefault("logs", List.of()).isEmpty());
        await("a row of each rule that is looked for below")
            .atMost(TIMEOUT)
            .until(
                () -> {
                  meters.refresh();
                  return meters.registry().scrape().contains(DELIVERED);
                });
        String scraped = meters.registry().scrape();

        assertThat(documented())
            .as("rows of the table of metrics of docs/operations.md: the metrics that there are")
            .containsExactlyInAnyOrderElementsOf(ours(scraped));
        assertThat(withoutHelp(scraped)).as("metrics without a text in MetricHelp").isEmpty();
        assertThat(scraped)
            .contains("lockstep_detection_latency_seconds_bucket{rule=\"token-replay\",le=\"1.0\"}")
            .contains(DELIVERED)
            .contains(
                "kafka_stream_state_estimate_num_keys{",
                "kafka_stream_state_total_sst_files_size{");
        assertThat(all(scraped)).containsAll(ofAlarmsAndDashboards());
        String answers = Files.readString(ANSWERS);
        assertThat(AnswerClass.values())
            .extracting(answer -> answer.name().toLowerCase(Locale.ROOT).replace('_', '-'))
            .allSatisfy(
                word -> {
                  assertThat(scraped).contains("answer=\"" + word + "\"");
                  assertThat(answers).contains("`" + word + "`");
                });
      }
    }
  }

  private static void play(LocalBroker broker) throws Exception {
    try (Producer<byte[], byte[]> producer = PlayedTopic.producer(broker.bootstrapServers())) {
      producer.send(new ProducerRecord<>(TOPIC, "{broken".getBytes(StandardCharsets.UTF_8))).get();
      CapturePlayer.Played unused =
          new CapturePlayer(producer, TOPIC, 0)
              .play(
                  List.of(
                      DEMO.resolve("signins.jsonl.gz").toString(),
                      DEMO.resolve("gateway.jsonl.gz").toString(),
                      DEMO.resolve("alerts.jsonl.gz").toString()),
                  InputStream.nullInputStream(),
                  Progress.on(System.err, true, false, System::nanoTime));
    }
  }

  private Config config(LocalBroker broker, FakeLogsIngestionApi sentinel) throws Exception {
    Path exceptions = folder.resolve("exceptions.yaml");
    Files.writeString(
        exceptions,
        """
        exceptions:
          - id: move
            rule: partner-ip-drift
            partner: tailspin
            reason: data centre move
            owner: ann
            expires: 2027-01-01
        """);
    Map<String, String> environment = new HashMap<>();
    environment.put("LOCKSTEP_EXCEPTIONS", exceptions.toString());
    environment.put("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    environment.put("LOCKSTEP_KAFKA_STATE_DIR", folder.resolve("state").toString());
    environment.put("LOCKSTEP_SOURCES_LOGS_TYPE", "kafka");
    environment.put("LOCKSTEP_SOURCES_LOGS_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    environment.put("LOCKSTEP_SOURCES_LOGS_TOPIC", TOPIC);
    environment.put("LOCKSTEP_SOURCES_LOGS_ARRIVAL", "header");
    environment.put("LOCKSTEP_SENTINEL_ENDPOINT", sentinel.endpoint().toString());
    environment.put("LOCKSTEP_SENTINEL_RULE_ID", FakeLogsIngestionApi.RULE_ID);
    environment.put("LOCKSTEP_SENTINEL_AUTH", "none");
    environment.put("LOCKSTEP_SENTINEL_DAILY_BUDGET_ROWS", "100000");
    return Config.read(DEMO.resolve("lockstep.yaml").toAbsolutePath(), environment);
  }

  /**
   * Returns the names of the metrics, also of libraries, whose help text is missing or blank. The
   * project's own ones need a text of their own.
   */
  private static Set<String> withoutHelp(String scraped) {
    Set<String> names = new TreeSet<>();
    Set<String> helped = new TreeSet<>();
    for (String line : scraped.lines().toList()) {
      if (line.startsWith("# TYPE ")) {
        names.add(line.substring("# TYPE ".length(), line.lastIndexOf(' ')));
      } else if (line.startsWith("# HELP ")) {
        int end = line.indexOf(' ', "# HELP ".length());
        boolean isOwn = line.startsWith("# HELP lockstep_");
        if (end > 0
            && !line.substring(end).isBlank()
            && !(isOwn && line.contains("Metric of a library"))) {
          helped.add(line.substring("# HELP ".length(), end));
        }
      }
    }
    assertThat(helped).hasSizeGreaterThan(100);
    names.removeAll(helped);
    return names;
  }

  /** Returns the project's own names, a histogram's maximum aside. */
  private static Set<String> ours(String scraped) {
    Set<String> names = new TreeSet<>();
    for (String line : scraped.lines().toList()) {
      if (line.startsWith("# TYPE lockstep_")) {
        String name = line.substring("# TYPE ".length(), line.lastIndexOf(' '));
        names.add(name.endsWith("_seconds_max") ? name.substring(0, name.length() - 4) : name);
      }
    }
    return names;
  }

  private static Set<String> all(String scraped) {
    Set<String> names = new TreeSet<>();
    for (String line : scraped.lines().toList()) {
      if (!line.startsWith("#")) {
        int labels = line.indexOf('{');
        names.add(line.substring(0, labels < 0 ? line.indexOf(' ') : labels));
      }
    }
    return names;
  }

  /** Returns the metrics that alarms and dashboards name, Prometheus' own aside. */
  private static Set<String> ofAlarmsAndDashboards() throws Exception {
    Set<String> names = new TreeSet<>();
    for (MonitoringFiles.Query query : MonitoringFiles.queries()) {
      names.addAll(query.metrics().keySet());
    }
    names.removeAll(Set.of("up", "ALERTS"));
    return names;
  }

  /** Returns the names in the first column of the table. */
  private static Set<String> documented() throws Exception {
    Set<String> names = new TreeSet<>();
    List<String> lines = Files.readAllLines(TABLE);
    int first = lines.indexOf("| name | labels | counts |") + 2;
    for (String line : lines.subList(first, lines.size())) {
      if (!line.startsWith("| ")) {
        break;
      }
      String cell = line.substring(1, line.indexOf('|', 1));
      int from = cell.indexOf('`');
      while (from >= 0) {
        int to = cell.indexOf('`', from + 1);
        names.add(cell.substring(from + 1, to));
        from = cell.indexOf('`', to + 1);
      }
    }
    return names;
  }
}
