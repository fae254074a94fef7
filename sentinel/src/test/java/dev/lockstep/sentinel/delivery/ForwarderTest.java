package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Answer;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Row;
import dev.lockstep.sentinel.logs.BearerToken;
import dev.lockstep.sentinel.logs.BearerTokens;
import dev.lockstep.sentinel.logs.SentinelConfig;
import dev.lockstep.sentinel.logs.SentinelSink;
import dev.lockstep.sentinel.logs.StreamForm;
import dev.lockstep.sentinel.sink.AnswerClass;
import dev.lockstep.sentinel.sink.Findings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwarderTest {
  @AutoClose private final Delivery delivery = new Delivery(2);
  private final DetectionsTopic topic = delivery.topic;
  private final FakeLogsIngestionApi sentinel = delivery.sentinel;

  @Test
  void sendsRowsOfSeveralPartitionsInOneRequest_andCommitsThem() {
    topic.write(0, Findings.small("a", 1));
    topic.write(1, Findings.full());
    delivery.step();
    assertThat(sentinel.requests()).isEqualTo(1);
    assertThat(sentinel.latest()).containsOnlyKeys("a", "d-1");
    assertThat(sentinel.latest().values())
        .extracting(Row::timeGenerated)
        .containsOnly(FakeTime.START);
    assertThat(topic.isDone()).isTrue();
    assertThat(delivery.counts.rowsTaken()).isEqualTo(2);
    assertThat(delivery.counts.lastTakenAt()).isEqualTo(FakeTime.START);
    assertThat(delivery.counts.requests(AnswerClass.TAKEN)).isEqualTo(1);
    assertThat(delivery.counts.status().state()).isEqualTo(ForwarderState.RUNNING);
  }

  @Test
  void sendsTheNewestRevisionOnly_ofThoseReadTogether() {
    topic.write(0, Findings.small("a", 1));
    topic.write(0, Findings.small("b", 1));
    topic.write(0, Findings.small("a", 2));
    delivery.step();
    topic.write(0, Findings.small("a", 3));
    delivery.step();
    assertThat(sentinel.rows())
        .extracting(row -> row.detectionId() + row.revision())
        .containsExactly("b1", "a2", "a3");
    assertThat(topic.isDone()).isTrue();
    assertThat(delivery.counts.rowsSuperseded()).isEqualTo(1);
  }

  @Test
  void keepsTheHigherRevision_whereAnOlderOneComesLater() {
    topic.write(0, Findings.small("a", 2));
    topic.write(0, Findings.small("a", 1));
    delivery.step();
    assertThat(sentinel.rows()).extracting(Row::revision).containsExactly(2);
    assertThat(topic.isDone()).isTrue();
  }

  @Test
  void sendsNothing_whereNothingIsThere() {
    delivery.step();
    assertThat(sentinel.requests()).isZero();
    assertThat(topic.commits()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void standsStillUntilTheRoleIsAssigned(int status) {
    sentinel.answerNext(Answer.status(status), Answer.status(status), Answer.status(status));
    topic.write(0, Findings.small("a", 1));
    delivery.time.duringWaits(() -> assertThat(topic.commits()).isZero());
    delivery.step();
    assertThat(delivery.meanwhile().state()).isEqualTo(ForwarderState.UNAUTHORISED);
    assertThat(delivery.meanwhile().reason())
        .contains(
            sentinel.endpoint().toString(),
            FakeLogsIngestionApi.RULE_ID,
            "status " + status,
            "\"Monitoring Metrics Publisher\"");
    assertThat(delivery.time.passed()).isEqualTo(Duration.ofSeconds(1 + 2 + 4));
    assertThat(delivery.tokensRefused).as("a fresh token each time").hasValue(3);
    assertThat(topic.polls()).isGreaterThanOrEqualTo(30);
    assertThat(sentinel.latest()).containsOnlyKeys("a");
    assertThat(topic.isDone()).isTrue();
    assertThat(delivery.counts.status().state()).isEqualTo(ForwarderState.RUNNING);
  }

  @Test
  void movesNoOffset_whileItMayNotWrite() {
    topic.writeBytes(0, null); // could be committed at once
    topic.write(1, Findings.small("a", 1));
    sentinel.answerNext(Answer.status(403), Answer.status(403));
    delivery.time.duringWaits(() -> assertThat(topic.commits()).isZero());
    delivery.step();
    assertThat(topic.isDone()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 202, 301, 302, 307})
  void sendsAgain_whatSomethingElseSeemsToHaveTaken(int status) {
    sentinel.answerNext(Answer.status(status));
    topic.write(0, Findings.small("a", 1));
    delivery.step();
    assertThat(delivery.meanwhile().state()).isEqualTo(ForwarderState.MISCONFIGURED);
    assertThat(delivery.meanwhile().reason()).contains("another server answers");
    assertThat(delivery.counts.requests(AnswerClass.UNEXPECTED)).isEqualTo(1);
    assertThat(delivery.counts.requests(AnswerClass.TAKEN)).isEqualTo(1);
    assertThat(sentinel.latest()).containsOnlyKeys("a");
    assertThat(topic.isDone()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 405, 410})
  void standsStillUntilTheNamesAreRight(int status) {
    sentinel.answerNext(Answer.status(status));
    topic.write(0, Findings.small("a", 1));
    delivery.step();
    assertThat(delivery.meanwhile().state()).isEqualTo(ForwarderState.MISCONFIGURED);
    assertThat(delivery.meanwhile().reason())
        .contains("ruleId and stream", FakeLogsIngestionApi.STREAM, "status " + status);
    assertThat(topic.isDone()).isTrue();
  }

  @Test
  void standsStillUntilThereIsAToken() {
    AtomicInteger asked = new AtomicInteger();
    try (Delivery other = new Delivery(1)) {
      Forwarder forwarder =
          other.forwarder(
              other.sentinel.endpoint(),
              () -> {
                if (asked.incrementAndGet() < 3) {
                  throw new IllegalStateException("no managed identity on this machine");
                }
                return new BearerToken("at-last");
              },
              new Random(1));
      forwarder.begin();
      other.topic.write(0, Findings.small("a", 1));
      AtomicReference<String> reason = new AtomicReference<>("");
      other.time.duringWaits(() -> reason.set(other.counts.status().reason()));
      try {
        forwarder.step();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      assertThat(reason.get()).contains("no managed identity on this machine", "sentinel.auth");
      assertThat(other.counts.requests(AnswerClass.NO_TOKEN)).isEqualTo(2);
      assertThat(other.sentinel.requests()).isEqualTo(1);
      assertThat(other.topic.isDone()).isTrue();
      assertThat(other.time.passed()).isEqualTo(Duration.ofSeconds(1 + 2));
    }
  }

  @Test
  void passesOverTombstones_andMakesForeignBytesDeadLetters() {
    topic.writeBytes(0, null);
    topic.writeBytes(0, "not a detection".getBytes(StandardCharsets.UTF_8));
    topic.write(0, Findings.small("a", 1));
    delivery.step();
    assertThat(sentinel.latest()).containsOnlyKeys("a");
    assertThat(delivery.deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.getReason()).isEqualTo("not-a-detection");
              assertThat(StandardCharsets.UTF_8.decode(letter.getBody()).toString())
                  .isEqualTo("not a detection");
            });
    assertThat(topic.isDone()).isTrue();
  }

  @Test
  void waitsAndGoesOn_whenTheTopicCannotBeRead() {
    topic.setPollException(new TopicAuthorizationException("no right to read"));
    delivery.step();
    assertThat(delivery.meanwhile().state()).isEqualTo(ForwarderState.WAITING);
    assertThat(delivery.meanwhile().reason()).contains("lockstep.detections", "no right to read");
    delivery.step();
    assertThat(delivery.counts.status().state()).isEqualTo(ForwarderState.RUNNING);
  }

  @Test
  void namesACopiedStateFolder_whenAnotherProcessHasItsId() {
    topic.setPollException(new FencedInstanceIdException("another consumer"));
    delivery.step();
    assertThat(delivery.meanwhile().reason())
        .contains("another consumer", "because the state folder was copied to another machine");
  }

  @Test
  void dropsTheRowsOfAPartitionThatWasTakenAway_andSendsTheRest() {
    sentinel.answerNext(Answer.status(503, "5"));
    topic.write(0, Findings.small("goes", 1));
    topic.write(1, Findings.small("stays", 1));
    delivery.time.duringWaits(() -> topic.assignNext(Set.of(partition(1))));
    delivery.step();
    assertThat(sentinel.latest()).containsOnlyKeys("stays");
    assertThat(topic.committed(0)).isZero();
    assertThat(topic.committed(1)).isEqualTo(1);
  }

  @Test
  void readsAgainWhatWasNotCommitted_whenThePartitionComesBack() {
    sentinel.answerNext(Answer.status(503, "5"));
    topic.write(0, Findings.small("a", 1));
    AtomicInteger slices = new AtomicInteger();
    delivery.time.duringWaits(
        () -> topic.assignNext(slices.incrementAndGet() < 10 ? Set.of() : Set.of(partition(0))));
    delivery.step();
    assertThat(sentinel.rows()).isEmpty();
    delivery.step();
    assertThat(sentinel.rows()).hasSize(1);
    assertThat(topic.committed(0)).isEqualTo(1);
  }

  @Test
  void losesNoRowThatIsReadTwice_whenItsPartitionComesBackBeforeItIsSent() {
    topic.write(0, Findings.small("a", 1));
    topic.writeBytes(0, "not a detection".getBytes(StandardCharsets.UTF_8));
    delivery.producer.sendException = new TopicAuthorizationException("no right to write");
    AtomicInteger slices = new AtomicInteger();
    delivery.time.duringWaits(
        () -> {
          if (slices.incrementAndGet() == 1) {
            topic.assignNext(Set.of());
          } else {
            topic.assignNext(topic.partitions());
            delivery.producer.sendException = null;
          }
        });
    delivery.finish();
    assertThat(sentinel.latest()).containsOnlyKeys("a");
    assertThat(delivery.deadLetters()).hasSize(1);
  }

  @Test
  void stopsInTheMiddleOfAWait_withoutCommitting() throws InterruptedException {
    sentinel.answerNext(Answer.status(429, "3600"));
    topic.write(0, Findings.small("a", 1));
    Thread closer = new Thread(delivery.forwarder::close, "closer");
    AtomicInteger slices = new AtomicInteger();
    delivery.time.duringWaits(
        () -> {
          if (slices.incrementAndGet() == 3) {
            closer.start();
            while (closer.getState() != Thread.State.TIMED_WAITING) {
              Thread.onSpinWait();
            }
          }
        });
    delivery.forwarder.run();
    closer.join();
    assertThat(slices).hasValue(3);
    assertThat(topic.commits()).isZero();
    assertThat(topic.closed()).isTrue();
  }

  @Test
  void runsUntilItIsClosed() throws InterruptedException {
    topic.write(0, Findings.small("a", 1));
    Thread thread = new Thread(delivery.forwarder, "forwarder");
    thread.start();
    while (delivery.counts.rowsTaken() == 0 && thread.isAlive()) {
      Thread.onSpinWait();
    }
    delivery.forwarder.close();
    thread.join();
    assertThat(topic.closed()).isTrue();
    assertThat(delivery.producer.closed()).isTrue();
    assertThat(delivery.counts.status().state()).isEqualTo(ForwarderState.STOPPED);
    assertThat(sentinel.latest()).containsOnlyKeys("a");
  }

  @Test
  void sendsNoFakesTokenToTheService() {
    SentinelConfig config =
        SentinelConfig.of(URI.create("https://x.ingest.monitor.azure.com"), "dcr-1", "Custom-A_CL");
    assertThatThrownBy(
            () ->
                new SentinelSink(config, StreamForm.DETECTIONS, BearerTokens.LOCAL, delivery.time))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("auth is \"none\"")
        .hasMessageContaining("managed-identity");
  }

  private static TopicPartition partition(int partition) {
    return new TopicPartition("lockstep.detections", partition);
  }
}
