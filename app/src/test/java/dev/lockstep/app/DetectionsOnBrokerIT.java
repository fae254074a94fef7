package dev.lockstep.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.sentinel.BearerTokens;
import dev.lockstep.sentinel.Forwarder;
import dev.lockstep.sentinel.ForwarderConfig;
import dev.lockstep.sentinel.ForwarderCounts;
import dev.lockstep.sentinel.LogsIngestionStandIn;
import dev.lockstep.sentinel.SentinelConfig;
import dev.lockstep.sentinel.SentinelSink;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reads the topic of detections, on a real broker. */
class DetectionsOnBrokerIT {
  private static final Instant NINE = Instant.parse("2026-11-02T09:10:00Z");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
  private final AtomicReference<Instant> now = new AtomicReference<>(NINE);
  private final ForwarderCounts counts = new ForwarderCounts();
  private LocalBroker broker;
  private KafkaProducer<byte[], byte[]> producer;

  @BeforeEach
  void start() throws Exception {
    broker = LocalBroker.start(folder.resolve("data"), 0, LocalBroker.Options.DEFAULT);
    try (Admin admin = Admin.create(kafka())) {
      Topics unused = Topics.ensure(admin, "lockstep.", 2, (short) 1);
    }
    producer = new KafkaProducer<>(kafka(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  @AfterEach
  void stop() {
    producer.close();
    broker.close();
  }

  private Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  private void write(int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      Detection detection =
          Detection.newBuilder()
              .setId("d" + i + "-0123456789")
              .setRevision(1)
              .setRule("impossible-travel")
              .setRuleVersion(1)
              .setReason("impossible-travel")
              .setSeverity(Severity.Medium)
              .setTitle("Travel")
              .setDescription("Two places.")
              .setPrincipal(new Principal("ana", null, "user"))
              .setStartTime(NINE.toEpochMilli())
              .setEndTime(NINE.toEpochMilli())
              .setCount(1)
              .setTactics(List.of())
              .setTechniques(List.of())
              .setEntities(List.of())
              .setEvidence(List.of())
              .setGates(List.of())
              .build();
      producer
          .send(
              new ProducerRecord<>(
                  "lockstep.detections",
                  i % 2,
                  detection.getId().getBytes(StandardCharsets.UTF_8),
                  codec.encode(detection)))
          .get();
    }
  }

  /** Forwards until what is awaited holds, then stops. */
  private void forward(LogsIngestionStandIn sentinel, org.awaitility.core.ThrowingRunnable until)
      throws Exception {
    Forwarder forwarder =
        Forwarder.open(
            ForwarderConfig.of(ForwarderConfig.SENTINEL)
                .withMaxRowsPerHour(Map.of("impossible-travel", 3)),
            new SentinelSink(
                SentinelConfig.of(
                    sentinel.endpoint(), LogsIngestionStandIn.RULE_ID, LogsIngestionStandIn.STREAM),
                BearerTokens.LOCAL,
                now::get),
            kafka(),
            counts,
            now::get,
            new Random(1));
    Thread thread = new Thread(forwarder, "forward");
    thread.start();
    try {
      await().atMost(PATIENCE).untilAsserted(until);
    } finally {
      forwarder.close();
      thread.join();
    }
  }

  private void assertHeld(int held) {
    assertThat(counts.rowsHeldBack()).isEqualTo(held);
    assertThat(counts.rowsTaken()).isEqualTo(3);
  }

  @Test
  void aCapAndWhatItHeldBack_outliveTheForwarder() throws Exception {
    try (LogsIngestionStandIn sentinel = LogsIngestionStandIn.start(null, 0)) {
      write(0, 10);
      forward(sentinel, () -> assertHeld(7));
      write(10, 12);
      forward(sentinel, () -> assertHeld(9));
      assertThat(sentinel.rows()).as("no more than the cap, over a restart").hasSize(3);
      now.set(NINE.plus(Duration.ofHours(2)));
      forward(sentinel, () -> assertThat(sentinel.rows()).hasSize(4));
      LogsIngestionStandIn.Row last = sentinel.rows().get(3);
      assertThat(last.json())
          .contains("9 detections of impossible-travel held back between 09:00 and 10:00 UTC");
      write(12, 13);
      forward(sentinel, () -> assertThat(sentinel.rows()).hasSize(5));
      assertThat(sentinel.rows())
          .as("told once")
          .filteredOn(r -> r.json().contains("\"overflow\""))
          .hasSize(1);
    }
  }

  @Test
  void accept_findsADetectionInTheTopic() throws Exception {
    write(0, 5);
    Path config =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            "kafka: {bootstrapServers: '%s'}\nexceptions: exceptions.yaml\n"
                .formatted(broker.bootstrapServers()));
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine()
            .setErr(new PrintWriter(err))
            .execute("accept", "--config", config.toString(), "d3-01234");
    assertThat(err.toString()).isEmpty();
    assertThat(code).isEqualTo(Main.DONE);
    assertThat(folder.resolve("exceptions.yaml")).content().contains("principal: ana");
    code =
        Main.commandLine()
            .setErr(new PrintWriter(err))
            .execute("accept", "--config", config.toString(), "nobody");
    assertThat(code).isEqualTo(Main.FAILED);
    assertThat(err.toString())
        .contains("\"nobody\" is not among the 5 detections of topic lockstep.detections");
  }
}
