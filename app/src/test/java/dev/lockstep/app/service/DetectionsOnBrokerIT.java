package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.delivery.ForwarderCounts;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import dev.lockstep.sentinel.logs.SentinelConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reads the topic of detections, on a real broker. */
class DetectionsOnBrokerIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final AtomicReference<Instant> now = new AtomicReference<>(DetectionsCluster.NINE);
  private final ForwarderCounts counts = new ForwarderCounts();
  private DetectionsCluster cluster;

  @BeforeEach
  void start() {
    cluster = new DetectionsCluster(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private void write(int more) throws Exception {
    List<Detection> detections = new ArrayList<>();
    for (int i = 0; i < more; i++) {
      Detection detection = DetectionsCluster.travel("d" + (cluster.written() + i) + "0123456789");
      detection.setPrincipal(new Principal("ana", null, "user"));
      detections.add(detection);
    }
    cluster.write(detections);
  }

  /** Forwards until what is awaited holds, then stops. */
  private void forward(FakeLogsIngestionApi sentinel, ThrowingRunnable until) {
    ForwarderConfig config =
        ForwarderConfig.of(ForwarderConfig.SENTINEL)
            .withMaxRowsPerHour(Map.of("impossible-travel", 3));
    SentinelConfig to =
        SentinelConfig.of(
            sentinel.endpoint(), FakeLogsIngestionApi.RULE_ID, FakeLogsIngestionApi.STREAM);
    try (DetectionsCluster.Forwarding unused = cluster.forward(config, to, counts, now::get, 1)) {
      await().atMost(TIMEOUT).untilAsserted(until);
    }
  }

  private void assertHeld(int held) {
    assertThat(counts.rowsHeldBack()).isEqualTo(held);
    assertThat(counts.rowsTaken()).isEqualTo(3);
  }

  @Test
  void aCapAndWhatItHeldBack_outliveTheForwarder() throws Exception {
    try (FakeLogsIngestionApi sentinel = FakeLogsIngestionApi.start(null, 0)) {
      write(10);
      forward(sentinel, () -> assertHeld(7));
      write(2);
      forward(sentinel, () -> assertHeld(9));
      assertThat(sentinel.rows()).as("no more than the cap, over a restart").hasSize(3);
      now.set(DetectionsCluster.NINE.plus(Duration.ofHours(2)));
      forward(sentinel, () -> assertThat(sentinel.rows()).hasSize(4));
      FakeLogsIngestionApi.Row last = sentinel.rows().get(3);
      assertThat(last.json())
          .contains("9 detections of impossible-travel held back between 09:00 and 10:00 UTC");
      write(1);
      forward(sentinel, () -> assertThat(sentinel.rows()).hasSize(5));
      assertThat(sentinel.rows())
          .as("told once")
          .filteredOn(r -> r.json().contains("\"overflow\""))
          .hasSize(1);
    }
  }

  @Test
  void accept_findsADetectionInTheTopic() throws Exception {
    write(5);
    Path config =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            "kafka: {bootstrapServers: '%s'}\nexceptions: exceptions.yaml\n"
                .formatted(cluster.bootstrapServers()));
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine()
            .setErr(new PrintWriter(err))
            .execute("accept", "--config", config.toString(), "d3012345");
    assertThat(err.toString()).isEmpty();
    assertThat(code).isEqualTo(ExitCode.DONE);
    try (Stream<Path> files = Files.list(folder.resolve("exceptions.d"))) {
      assertThat(files).singleElement().asString().contains("-impossible-travel-");
    }
    code =
        Main.commandLine()
            .setErr(new PrintWriter(err))
            .execute("accept", "--config", config.toString(), "ffffffffff");
    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains(
            "no detection in topic lockstep.detections has the id \"ffffffffff\" (number of"
                + " detections: 5)");
  }
}
