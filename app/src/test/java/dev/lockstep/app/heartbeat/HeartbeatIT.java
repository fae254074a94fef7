package dev.lockstep.app.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.doctor.HubMessages;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.app.service.Service;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an instance says of itself, as Sentinel's side gets it. */
final class HeartbeatIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final String TOPIC = "logs";
  private static final List<String> ALWAYS =
      List.of(
          "TimeGenerated",
          "Instance",
          "Version",
          "Roles",
          "StartedAt",
          "IntervalSeconds",
          "Source",
          "Status",
          "Reason",
          "RecordsIn",
          "Activities",
          "Ignored",
          "Rejected",
          "Quarantined",
          "Missing",
          "LostOffsets",
          "BytesRead");
  private static final List<String> WHERE_KNOWN = List.of("LagRecords", "LagSeconds", "NewestAt");
  private static final List<String> OF_THE_INSTANCE =
      List.of("Detections", "RowsForwarded", "RowsHeldBack", "RowsRejected", "BytesForwarded");

  @TempDir Path folder;
  private HttpServer sentinel;
  private volatile int status = 204;
  private final List<String> paths = new CopyOnWriteArrayList<>();
  private final List<JsonNode> bodies = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws Exception {
    sentinel = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    sentinel.createContext(
        "/",
        exchange -> {
          try (exchange;
              GZIPInputStream in = new GZIPInputStream(exchange.getRequestBody())) {
            bodies.add(new ObjectMapper().readTree(in.readAllBytes()));
            paths.add(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(status, -1);
          }
        });
    sentinel.start();
  }

  @AfterEach
  void stop() {
    sentinel.stop(0);
  }

  @Test
  void saysHowTheInstanceAndEachSourceStand_withTheNumbersSinceTheStart() throws Exception {
    try (LocalBroker broker = LocalBroker.start(folder.resolve("broker"), 0, CalmBroker.OPTIONS)) {
      PlayedTopic.create(broker.bootstrapServers(), TOPIC, 1);
      long bytes =
          send(broker, HubMessages.SIGN_IN, "{broken", "{\"records\":[{\"category\":\"Other\"}]}");
      Config config = config(broker.bootstrapServers(), "heartbeat: {instance: one, interval: 1m}");
      try (Service service = new Service(config, EnumSet.of(Service.Role.INGEST));
          Heartbeat heartbeat = Heartbeat.of(config, service, InstantSource.system())) {
        service.start();
        await("the records to be read")
            .atMost(TIMEOUT)
            .until(() -> read(service) == 3 && service.notReady().isEmpty());
        heartbeat.beat();

        assertThat(paths)
            .containsExactly("/dataCollectionRules/dcr-1/streams/Custom-LockstepHeartbeat_CL");
        assertThat(bodies.get(0)).hasSize(2);
        JsonNode instance = bodies.get(0).get(0);
        JsonNode source = bodies.get(0).get(1);
        assertThat(instance.fieldNames())
            .toIterable()
            .containsAll(ALWAYS)
            .containsAll(OF_THE_INSTANCE);
        List<String> columns = new ArrayList<>(ALWAYS);
        columns.addAll(WHERE_KNOWN);
        columns.addAll(OF_THE_INSTANCE);
        assertThat(instance.fieldNames()).toIterable().isSubsetOf(columns);
        assertThat(source.fieldNames()).toIterable().containsAll(ALWAYS).isSubsetOf(columns);
        assertThat(instance.get("Source").asText()).isEmpty();
        assertThat(instance.get("Status").asText()).isEqualTo("ok");
        assertThat(instance.get("Instance").asText()).isEqualTo("one");
        assertThat(instance.get("Roles").asText()).isEqualTo("ingest");
        assertThat(instance.get("IntervalSeconds").asInt()).isEqualTo(60);
        assertThat(instance.get("Detections").asLong()).isZero();
        for (JsonNode row : bodies.get(0)) {
          assertThat(row.get("RecordsIn").asLong()).isEqualTo(3);
          assertThat(row.get("Activities").asLong()).isEqualTo(1);
          assertThat(row.get("Ignored").asLong()).isEqualTo(1);
          assertThat(row.get("Rejected").asLong()).isEqualTo(1);
          assertThat(row.get("Quarantined").asLong()).isZero();
          assertThat(row.get("Missing").asLong()).isZero();
          assertThat(row.get("LostOffsets").asLong()).isZero();
          assertThat(row.get("BytesRead").asLong()).isEqualTo(bytes);
          assertThat(Instant.parse(row.get("StartedAt").asText())).isBeforeOrEqualTo(Instant.now());
        }
        assertThat(source.get("Source").asText()).isEqualTo("logs");
        assertThat(source.get("Status").asText()).isEqualTo("ok");
        assertThat(Instant.parse(source.get("NewestAt").asText()))
            .isAfter(Instant.now().minus(TIMEOUT));
        assertThat(heartbeat.counts().taken()).isEqualTo(1);
      }
    }
  }

  @Test
  void saysWhatIsWaitedFor_whileTheClusterIsAway() throws Exception {
    Config config = config("127.0.0.1:1", "");
    try (Service service = new Service(config, EnumSet.allOf(Service.Role.class));
        Heartbeat heartbeat = Heartbeat.of(config, service, InstantSource.system())) {
      heartbeat.beat();
      JsonNode instance = bodies.get(0).get(0);
      assertThat(instance.get("Status").asText()).isEqualTo("failing");
      assertThat(instance.get("Reason").asText()).isNotEmpty();
      assertThat(instance.get("Roles").asText()).isEqualTo("ingest,detect,forward");
      assertThat(instance.get("IntervalSeconds").asInt()).isEqualTo(300);
    }
  }

  @Test
  void aBeatThatIsRefused_isCountedAndNotSentAgain() throws Exception {
    status = 403;
    Config config = config("127.0.0.1:1", "");
    try (Service service = new Service(config, EnumSet.allOf(Service.Role.class));
        Heartbeat heartbeat = Heartbeat.of(config, service, InstantSource.system())) {
      heartbeat.beat();
      assertThat(bodies).hasSize(1);
      assertThat(heartbeat.counts().failed()).isEqualTo(1);
      assertThat(heartbeat.counts().taken()).isZero();
      status = 204;
      heartbeat.beat();
      assertThat(heartbeat.counts().taken()).isEqualTo(1);
    }
  }

  @Test
  void saysNothing_whereItIsForgone() throws Exception {
    Config config = config("127.0.0.1:1", "heartbeat: false");
    assertThat(config.heartbeat()).isNull();
    try (Service service = new Service(config, EnumSet.of(Service.Role.FORWARD));
        Heartbeat heartbeat = Heartbeat.of(config, service, InstantSource.system())) {
      heartbeat.beat();
      assertThat(bodies).isEmpty();
    }
  }

  private static long read(Service service) {
    return service.read().values().stream().mapToLong(counts -> counts.total().read()).sum();
  }

  private Config config(String servers, String more) throws Exception {
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(
        file,
        """
        sources: [{name: logs, type: kafka, bootstrapServers: "%1$s", topic: logs}]
        kafka: {bootstrapServers: "%1$s"}
        sentinel: {endpoint: "http://127.0.0.1:%2$d", ruleId: dcr-1, auth: none}
        %3$s
        """
            .formatted(servers, sentinel.getAddress().getPort(), more));
    return Config.read(file, Map.of());
  }

  private static long send(LocalBroker broker, String... messages) throws Exception {
    long bytes = 0;
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (String message : messages) {
        byte[] body = message.getBytes(StandardCharsets.UTF_8);
        bytes += body.length;
        producer.send(new ProducerRecord<>(TOPIC, body)).get();
      }
    }
    return bytes;
  }
}
