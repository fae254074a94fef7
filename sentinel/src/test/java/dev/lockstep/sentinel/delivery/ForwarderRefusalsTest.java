package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Detection;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Answer;
import dev.lockstep.sentinel.sink.AnswerClass;
import dev.lockstep.sentinel.sink.Findings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What becomes of rows that are refused, or too large. */
class ForwarderRefusalsTest {
  @AutoClose private final Delivery delivery = new Delivery(2);
  private final DetectionsTopic topic = delivery.topic;
  private final FakeLogsIngestionApi sentinel = delivery.sentinel;

  @Test
  void halvesARequestThatIsTooLarge() {
    for (int i = 0; i < 40; i++) {
      topic.write(i % 2, row("d" + i));
    }
    sentinel.limitBody(10_000);
    delivery.step();
    assertThat(sentinel.latest()).hasSize(40);
    assertThat(sentinel.largestRequestBytes()).isLessThanOrEqualTo(10_000);
    assertThat(delivery.counts.requests(AnswerClass.TOO_LARGE)).isPositive();
    assertThat(topic.isDone()).isTrue();
  }

  private static Detection row(String id) {
    Detection detection = Findings.full();
    detection.setId(id);
    return detection;
  }

  @Test
  void trimsTheOneRowThatIsTooLarge() {
    topic.write(0, row("large"));
    sentinel.limitBody(1_000);
    delivery.step();
    assertThat(sentinel.latest()).containsOnlyKeys("large");
    assertThat(sentinel.rows().get(0).json()).contains("\"Trimmed\":{\"Evidence\":1");
    assertThat(topic.isDone()).isTrue();
  }

  @Test
  void givesUpARowThatCannotBeMadeSmallEnough() {
    topic.write(0, Findings.small("fits", 1));
    delivery.step();
    topic.write(0, row("large"));
    sentinel.limitBody(100);
    delivery.finish();
    assertThat(delivery.deadLetters()).hasSize(1);
    assertThat(sentinel.latest()).containsOnlyKeys("fits");
  }

  @Test
  void namesABoundInBetween_whereNoRowIsSmallEnough() {
    topic.write(0, Findings.small("a", 1));
    sentinel.limitBody(100);
    for (int i = 0; i < 60; i++) {
      delivery.step();
      delivery.time.sleep(Duration.ofSeconds(1));
    }
    assertThat(delivery.counts.status().state()).isEqualTo(ForwarderState.MISCONFIGURED);
    assertThat(delivery.counts.status().reason())
        .contains("status 413", "rejects even the smallest row")
        .doesNotContain("ruleId and stream");
    assertThat(delivery.deadLetters()).isEmpty();
  }

  @Test
  void trimsNothing_whereARowIsCalledTooLargeByMistake() {
    sentinel.answerNext(Answer.status(413));
    topic.write(0, row("a"));
    delivery.step();
    assertThat(sentinel.rows().get(0).json()).contains("\"Evidence\"").doesNotContain("Trimmed");
  }

  @Test
  void findsTheOneRowThatIsRefused_andMakesItADeadLetter() {
    for (int i = 0; i < 33; i++) {
      topic.write(i % 2, Findings.small("d" + i, 1));
    }
    sentinel.refuse("d13");
    delivery.finish();
    assertThat(sentinel.latest()).hasSize(32).doesNotContainKey("d13");
    assertThat(topic.isDone()).isTrue();
    assertThat(delivery.counts.deadLetters()).isEqualTo(1);
    DeadLetter letter = delivery.deadLetters().get(0);
    assertThat(letter.getReason()).isEqualTo("sentinel-refused");
    assertThat(letter.getDetail())
        .isEqualTo("status 400, InvalidRecord: A record cannot be taken.");
    assertThat(letter.getWhere().getHub()).isEqualTo("lockstep.detections");
    assertThat(letter.getWhere().getPartition()).isEqualTo(1);
    assertThat(letter.getWhere().getPosition()).isEqualTo(6);
    assertThat(StandardCharsets.UTF_8.decode(letter.getBody()).toString())
        .startsWith("{\"TimeGenerated\":\"2026-11-02T09:00:")
        .contains("\"DetectionId\":\"d13\"");
    assertThat(delivery.producer.history().get(0).topic()).isEqualTo("lockstep.dead-letters");
  }

  @Test
  void doesNotPassARefusedRow_whileItsDeadLetterCannotBeWritten() {
    topic.write(1, Findings.small("good", 1));
    topic.write(0, Findings.small("bad", 1));
    sentinel.refuse("bad");
    delivery.producer.sendException = new TopicAuthorizationException("no right to write");
    AtomicInteger waits = new AtomicInteger();
    delivery.time.duringWaits(
        () -> {
          if (delivery.deadLetters().isEmpty()) {
            assertThat(topic.committed(0)).isZero();
          }
          if (delivery.counts.status().reason().contains("lockstep.dead-letters")
              && waits.incrementAndGet() == 50) {
            delivery.producer.sendException = null;
          }
        });
    delivery.finish();
    assertThat(waits).hasValueGreaterThanOrEqualTo(50);
    assertThat(delivery.deadLetters()).hasSize(1);
  }

  @Test
  void givesUpNothing_whereEverythingIsRefused() {
    for (int i = 0; i < 60; i++) {
      topic.write(i % 2, Findings.small("d" + i, 1));
      sentinel.refuse("d" + i);
    }
    AtomicInteger asked = new AtomicInteger();
    AtomicReference<String> reason = new AtomicReference<>("");
    delivery.time.duringWaits(
        () -> {
          if (asked.get() == 0 && delivery.time.passed().compareTo(Duration.ofMinutes(10)) > 0) {
            asked.set(sentinel.requests());
            reason.set(delivery.counts.status().reason());
            sentinel.refuseNone();
          }
        });
    delivery.finish();
    assertThat(reason.get()).contains("columns");
    assertThat(asked.get()).as("asks seldom").isBetween(20, 120);
    assertThat(delivery.deadLetters()).isEmpty();
    assertThat(sentinel.latest()).hasSize(60);
    assertThat(delivery.counts.status().state()).isEqualTo(ForwarderState.RUNNING);
    assertThat(topic.isDone()).isTrue();
  }

  @Test
  void findsTheGoodRows_behindManyThatAreRefusedInSuccession() {
    for (int i = 0; i < 50; i++) {
      topic.write(0, Findings.small("d" + i, 1));
      if (i < 12 || i == 30) {
        sentinel.refuse("d" + i);
      }
    }
    delivery.time.duringWaits(
        () -> assertThat(delivery.time.passed()).isLessThan(Duration.ofHours(1)));
    delivery.finish();
    assertThat(sentinel.latest()).hasSize(37);
    assertThat(delivery.deadLetters()).hasSize(13);
  }

  @Test
  void decidesAboutALoneRow_whenAnotherIsTaken() {
    topic.write(0, Findings.small("alone", 1));
    sentinel.refuse("alone");
    for (int i = 0; i < 100; i++) {
      delivery.step();
      delivery.time.sleep(Duration.ofSeconds(1));
    }
    assertThat(delivery.deadLetters()).isEmpty();
    assertThat(delivery.counts.status().state()).isEqualTo(ForwarderState.MISCONFIGURED);
    topic.write(1, Findings.small("good", 1));
    delivery.finish();
    assertThat(delivery.deadLetters()).hasSize(1);
    assertThat(sentinel.latest()).containsOnlyKeys("good");
  }
}
