package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.delivery.ForwarderCounts;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import dev.lockstep.sentinel.logs.SentinelConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A flood of findings of severity High on a real broker, and forwarders that come and go. */
class HighCeilingIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final String ADDRESS = "198.51.100.7";

  @TempDir Path folder;

  private final AtomicReference<Instant> now = new AtomicReference<>(DetectionsCluster.NINE);
  private final ForwarderCounts counts = new ForwarderCounts();
  private final ForwarderCounts others = new ForwarderCounts();
  private DetectionsCluster cluster;
  private FakeLogsIngestionApi sentinel;

  @BeforeEach
  void start() throws Exception {
    cluster = new DetectionsCluster(folder.resolve("data"));
    sentinel = FakeLogsIngestionApi.start(null, 0);
  }

  @AfterEach
  void stop() {
    sentinel.close();
    cluster.close();
  }

  private void write(int more, int users) throws Exception {
    List<Detection> detections = new ArrayList<>();
    for (int i = 0; i < more; i++) {
      int number = cluster.written() + i;
      Detection detection = DetectionsCluster.travel("d" + number);
      detection.setSeverity(Severity.High);
      detection.setPrincipal(new Principal("user-" + number % users, null, "user"));
      detection.setIp(ADDRESS);
      detections.add(detection);
    }
    cluster.write(detections);
  }

  private DetectionsCluster.Forwarding forward(int ceiling, ForwarderCounts counted) {
    return cluster.forward(
        ForwarderConfig.of(ForwarderConfig.SENTINEL).withMaxHighRowsPerHour(ceiling),
        SentinelConfig.of(
            sentinel.endpoint(), FakeLogsIngestionApi.RULE_ID, FakeLogsIngestionApi.STREAM),
        counted,
        now::get,
        1);
  }

  private void awaitThat(BooleanSupplier holds) {
    await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(50)).until(holds::getAsBoolean);
  }

  private boolean allIsCommitted() {
    return cluster.committed("lockstep.forwarder") == cluster.written();
  }

  private List<FakeLogsIngestionApi.Row> overflows() {
    return sentinel.rows().stream().filter(row -> row.json().contains("\"overflow\"")).toList();
  }

  @Test
  void aFloodGivesTheCeilingAndOneRow_overRestartsWithinTheHour() throws Exception {
    flood(900, 30, 30);
  }

  @Test
  @Tag("long")
  void aFloodOf90000Gives1000RowsAndOne_overRestartsWithinTheHour() throws Exception {
    flood(90_000, 1_000, 3_000);
  }

  private void flood(int findings, int ceiling, int users) throws Exception {
    write(findings / 3, users);
    for (int third = 1; third <= 3; third++) {
      try (DetectionsCluster.Forwarding unused = forward(ceiling, counts)) {
        awaitThat(this::allIsCommitted);
      }
      if (third < 3) {
        write(findings / 3, users);
      }
    }
    assertThat(sentinel.rows().size()).isEqualTo(ceiling);
    assertThat(counts.highRowsHeldBack()).isEqualTo(findings - ceiling);
    assertThat(cluster.written()).isEqualTo(findings);
    now.set(DetectionsCluster.NINE.plus(Duration.ofHours(2)));
    try (DetectionsCluster.Forwarding unused = forward(ceiling, counts)) {
      awaitThat(() -> !overflows().isEmpty());
    }
    assertThat(sentinel.rows().size()).isEqualTo(ceiling + 1);
    assertThat(overflows())
        .singleElement()
        .satisfies(
            row ->
                assertThat(row.json())
                    .contains(
                        "\"Severity\":\"High\"",
                        "\"Count\":" + (findings - ceiling),
                        "ip " + ADDRESS + " (" + (findings - ceiling) + "), user user-"));
  }

  @Test
  void twoInstancesThatComeAndGoShareTheCeiling() throws Exception {
    try (DetectionsCluster.Forwarding unused = forward(20, counts)) {
      write(100, 10);
      awaitThat(this::allIsCommitted);
      try (DetectionsCluster.Forwarding second = forward(20, others)) {
        // Each has one partition of two in the end, which shows as soon as both hold rows back.
        awaitThat(
            () -> {
              try {
                write(10, 10);
              } catch (Exception e) {
                throw new AssertionError(e);
              }
              return others.highRowsHeldBack() > 0;
            });
        awaitThat(this::allIsCommitted);
      }
      write(100, 10);
      awaitThat(this::allIsCommitted);
    }
    assertThat(sentinel.rows().size()).isEqualTo(20);
    // A commit that a rebalance refuses lets rows be read, and counted, again.
    assertThat(counts.highRowsHeldBack() + others.highRowsHeldBack())
        .isGreaterThanOrEqualTo(cluster.written() - 20);
  }
}
