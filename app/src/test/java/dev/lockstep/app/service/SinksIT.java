package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.metrics.Meters;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sentinel refuses who we are, and every other sink has everything meanwhile. */
class SinksIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(90);
  private static final int DETECTIONS = 40;

  @TempDir Path folder;

  private final Set<String> posted = Collections.synchronizedSet(new TreeSet<>());
  private DetectionsCluster cluster;
  private FakeLogsIngestionApi sentinel;
  private HttpServer soar;

  @BeforeEach
  void start() throws Exception {
    cluster = new DetectionsCluster(folder.resolve("data"));
    sentinel = FakeLogsIngestionApi.start(null, 0);
    soar = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    soar.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          for (int i = 0; i < DETECTIONS; i++) {
            if (body.contains("\"" + id(i) + "\"")) {
              posted.add(id(i));
            }
          }
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    soar.start();
  }

  @AfterEach
  void stop() {
    soar.stop(0);
    sentinel.close();
    cluster.close();
  }

  private static String id(int i) {
    return "d%02d".formatted(i);
  }

  private void write() throws Exception {
    try (Admin admin = Admin.create(cluster.kafka())) {
      admin.createTopics(List.of(new NewTopic("alerts", 1, (short) 1))).all().get();
    }
    cluster.write(
        IntStream.range(0, DETECTIONS).mapToObj(i -> DetectionsCluster.travel(id(i))).toList());
  }

  private Config config() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            """
            kafka: {bootstrapServers: "%1$s", partitions: 2, replication: 1}
            sentinel: {endpoint: "%2$s", ruleId: %3$s, auth: none}
            sinks:
              - {name: soar, type: webhook, url: "http://127.0.0.1:%4$d/h", secret: 0123456789abcdef}
              - {name: archive, type: file, path: archive.jsonl}
              - {name: siem, type: kafka, bootstrapServers: "%1$s", topic: alerts}
            """
                .formatted(
                    cluster.bootstrapServers(),
                    sentinel.endpoint(),
                    FakeLogsIngestionApi.RULE_ID,
                    soar.getAddress().getPort()));
    return Config.read(file, Map.of());
  }

  @Test
  void eachHasAWatermarkOfItsOwn() throws Exception {
    write();
    FakeLogsIngestionApi.Answer[] refusals = new FakeLogsIngestionApi.Answer[1_000];
    Arrays.fill(refusals, FakeLogsIngestionApi.Answer.status(403));
    sentinel.answerNext(refusals);
    try (Service service = new Service(config(), EnumSet.of(Service.Role.FORWARD));
        Meters meters = new Meters(service)) {
      service.start();
      await().atMost(TIMEOUT).until(() -> posted.size() == DETECTIONS);
      await().atMost(TIMEOUT).until(() -> archived().size() == DETECTIONS);
      assertThat(topic()).hasSize(DETECTIONS);
      await()
          .atMost(TIMEOUT)
          .until(() -> cluster.committed("lockstep.forwarder-archive") == DETECTIONS);
      await()
          .atMost(TIMEOUT)
          .until(() -> cluster.committed("lockstep.forwarder-soar") == DETECTIONS);
      await()
          .atMost(TIMEOUT)
          .until(() -> cluster.committed("lockstep.forwarder-siem") == DETECTIONS);
      assertThat(cluster.committed("lockstep.forwarder")).isZero();
      assertThat(sentinel.rows()).isEmpty();
      assertThat(service.notReady()).singleElement().asString().contains("UNAUTHORISED", "403");
      meters.refresh();
      assertThat(meters.registry().scrape())
          .contains(
              "lockstep_forwarder_state{sink=\"sentinel\",state=\"unauthorised\"} 1.0",
              "lockstep_forwarder_state{sink=\"soar\",state=\"running\"} 1.0",
              "lockstep_forwarder_rows_total{outcome=\"taken\",sink=\"archive\"} 40.0",
              "lockstep_forwarder_rule_rows_total{rule=\"impossible-travel\",sink=\"siem\"} 40.0");
    }
  }

  private Set<String> archived() throws Exception {
    Path file = folder.resolve("archive.jsonl");
    Set<String> ids = new TreeSet<>();
    if (Files.exists(file)) {
      Files.readAllLines(file).forEach(line -> ids.add(line.substring(7, 10)));
    }
    return ids;
  }

  private Set<String> topic() {
    Map<String, Object> settings = new HashMap<>(cluster.kafka());
    settings.put("group.id", "reader");
    settings.put("auto.offset.reset", "earliest");
    Set<String> keys = new TreeSet<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of("alerts"));
      await()
          .atMost(TIMEOUT)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> keys.add(record.key()));
                return keys.size() == DETECTIONS;
              });
    }
    return keys;
  }
}
