package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.schemas.Detection;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.delivery.ForwarderCounts;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Answer;
import dev.lockstep.sentinel.logs.SentinelConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A forwarder on a real broker that is closed while the service has its request and is silent. */
class HangingSinkIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final Duration CLOSED_WITHIN = Duration.ofSeconds(15);

  @TempDir Path folder;

  private DetectionsCluster cluster;
  private FakeLogsIngestionApi sentinel;

  @BeforeEach
  void start() throws Exception {
    cluster = new DetectionsCluster(folder);
    sentinel = FakeLogsIngestionApi.start(null, 0);
  }

  @AfterEach
  void stop() {
    sentinel.close();
    cluster.close();
  }

  private DetectionsCluster.Forwarding forward() {
    return cluster.forward(
        ForwarderConfig.of(ForwarderConfig.SENTINEL),
        SentinelConfig.of(
            sentinel.endpoint(), FakeLogsIngestionApi.RULE_ID, FakeLogsIngestionApi.STREAM),
        new ForwarderCounts(),
        InstantSource.system(),
        1);
  }

  private void write(int more) throws Exception {
    List<Detection> detections = new ArrayList<>();
    for (int i = 0; i < more; i++) {
      detections.add(DetectionsCluster.travel("d" + (cluster.written() + i)));
    }
    cluster.write(detections);
  }

  @Test
  void closesSoon_andTheNextOneSendsWhatWasUnderWay() throws Exception {
    closesSoon(2);
  }

  @Test
  @Tag("long")
  void closesSoonTenOfTen_andTheNextOneSendsWhatWasUnderWay() throws Exception {
    closesSoon(10);
  }

  private void closesSoon(int closes) throws Exception {
    for (int close = 0; close < closes; close++) {
      write(10);
      sentinel.answerNext(Answer.hang());
      int asked = sentinel.requests();
      DetectionsCluster.Forwarding forwarding = forward();
      await().atMost(TIMEOUT).until(() -> sentinel.answersLeft() == 0);
      assertThat(sentinel.requests()).as("a request hangs").isEqualTo(asked + 1);
      long began = System.nanoTime();
      forwarding.close();
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      System.out.printf("closed after %,d ms%n", took.toMillis());
      assertThat(took).isLessThan(CLOSED_WITHIN);
      assertThat(sentinel.rows()).as("nothing of it was taken").hasSize(close * 10);
      try (DetectionsCluster.Forwarding unused = forward()) {
        await()
            .atMost(TIMEOUT)
            .until(() -> cluster.committed("lockstep.forwarder") == cluster.written());
      }
      assertThat(sentinel.latest()).hasSize(cluster.written());
    }
  }

  @Test
  void closesSoon_thoughTheClusterIsGoneAsWell() throws Exception {
    write(10);
    DetectionsCluster.Forwarding forwarding = forward();
    await()
        .atMost(TIMEOUT)
        .until(() -> cluster.committed("lockstep.forwarder") == cluster.written());
    sentinel.answerNext(Answer.hang());
    write(10);
    await().atMost(TIMEOUT).until(() -> sentinel.answersLeft() == 0);
    cluster.close();
    long began = System.nanoTime();
    forwarding.close();
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.printf("closed after %,d ms without a cluster%n", took.toMillis());
    assertThat(took).isLessThan(CLOSED_WITHIN);
    assertThat(sentinel.rows()).hasSize(10);
  }
}
