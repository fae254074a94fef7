package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Answer;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Row;
import dev.lockstep.sentinel.sink.AnswerClass;
import dev.lockstep.sentinel.sink.Findings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwarderWaitsTest {
  @AutoClose private final Delivery delivery = new Delivery(2);
  private final DetectionsTopic topic = delivery.topic;
  private final FakeLogsIngestionApi sentinel = delivery.sentinel;

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void waitsAsLongAsRetryAfterSays(int status) {
    sentinel.answerNext(Answer.status(status, "7"));
    topic.write(0, Findings.small("a", 1));
    delivery.step();
    assertThat(delivery.time.passed()).isEqualTo(Duration.ofSeconds(7));
    assertThat(sentinel.rows()).hasSize(1);
    assertThat(sentinel.rows().get(0).timeGenerated())
        .as("the time of sending is that of the request that was taken")
        .isEqualTo(FakeTime.START.plusSeconds(7));
  }

  @Test
  void waitsUntilTheDateThatRetryAfterNames() {
    sentinel.answerNext(Answer.status(429, "Mon, 2 Nov 2026 09:00:42 GMT"));
    topic.write(0, Findings.small("a", 1));
    delivery.step();
    assertThat(delivery.time.passed()).isEqualTo(Duration.ofSeconds(42));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-5", "soon", "Mon, 2 Nov 2026 08:00:00 GMT"})
  void backsOff_whereRetryAfterSaysNothingUseful(String retryAfter) {
    sentinel.answerNext(Answer.status(429, retryAfter));
    topic.write(0, Findings.small("a", 1));
    delivery.step();
    assertThat(delivery.time.passed()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
  }

  @Test
  void waitsAnHourAtMost_whateverRetryAfterSays() {
    sentinel.answerNext(Answer.status(429, "99999999999999999999"));
    topic.write(0, Findings.small("a", 1));
    delivery.step();
    assertThat(delivery.time.passed()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void saysUntilWhenItWaits_whereTheSinkAsksForLong() {
    List<String> reasons = new ArrayList<>();
    delivery.time.duringWaits(() -> reasons.add(delivery.counts.status().reason()));
    sentinel.answerNext(Answer.status(429, "60"), Answer.status(429, "86400"));
    topic.write(0, Findings.small("a", 1));
    delivery.step();
    assertThat(reasons.get(0)).doesNotContain("Retry-After");
    assertThat(reasons.get(reasons.size() - 1))
        .contains(
            "the receiver asked to wait until "
                + AvroJson.instant(FakeTime.START.plusSeconds(60 + 3_600).toEpochMilli())
                + " (Retry-After), and a restart of this instance tries at once; nothing is lost");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 500, 502, 503, 504})
  void sendsAgain_whenTheServiceIsNotWell(int status) {
    sentinel.answerNext(Answer.status(status));
    expectOneRepetition(AnswerClass.UNAVAILABLE);
  }

  @Test
  void sendsAgain_whenNoAnswerComes() {
    sentinel.answerNext(Answer.hang());
    expectOneRepetition(AnswerClass.TIMED_OUT);
  }

  @Test
  void sendsAgain_whenTheConnectionIsCutBeforeReading() {
    sentinel.answerNext(Answer.cutBeforeReading());
    expectOneRepetition(AnswerClass.CUT);
  }

  @Test
  void sendsAgain_whenTheAnswerIsCut() {
    sentinel.answerNext(Answer.cutMidAnswer());
    // The head says 500, which the JDK's client loses if it reads the end at the same time.
    expectOneRepetition(AnswerClass.UNAVAILABLE, AnswerClass.CUT);
  }

  @Test
  void sendsAgain_whenTheAnswerIsGarbage() {
    sentinel.answerNext(Answer.garbage(503));
    expectOneRepetition(AnswerClass.UNAVAILABLE);
  }

  @Test
  void sendsAgain_whenTheAnswerNeverEnds() {
    sentinel.answerNext(Answer.endless(503));
    expectOneRepetition(AnswerClass.UNAVAILABLE);
  }

  @Test
  void sendsAgain_whenTheAnswerComesByteByByte() {
    sentinel.answerNext(Answer.slow(503));
    topic.write(0, Findings.small("a", 1));
    delivery.step();
    assertThat(delivery.counts.retries()).isEqualTo(1);
    assertThat(sentinel.latest()).containsOnlyKeys("a");
  }

  private void expectOneRepetition(AnswerClass... first) {
    topic.write(0, Findings.small("a", 1));
    delivery.step();
    assertThat(delivery.meanwhile().state()).isEqualTo(ForwarderState.WAITING);
    assertThat(Arrays.stream(first).mapToLong(delivery.counts::requests).sum()).isEqualTo(1);
    assertThat(delivery.counts.retries()).isEqualTo(1);
    assertThat(delivery.time.passed()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    assertThat(sentinel.rows()).hasSize(1);
    assertThat(topic.isDone()).isTrue();
    assertThat(delivery.counts.status())
        .isEqualTo(new ForwarderCounts.Status(ForwarderState.RUNNING, ""));
  }

  @Test
  void sendsTheSameRowsAgain_whenTheyWereTakenButNobodySaidSo() {
    sentinel.answerNext(Answer.takeThenCut());
    topic.write(0, Findings.small("a", 1));
    delivery.step();
    assertThat(sentinel.rows()).extracting(Row::detectionId).containsExactly("a", "a");
    assertThat(sentinel.latest()).hasSize(1);
    assertThat(topic.isDone()).isTrue();
  }

  @Test
  void doublesItsWaitsUpToAMinute() {
    Answer[] answers = new Answer[12];
    Arrays.fill(answers, Answer.status(503));
    sentinel.answerNext(answers);
    topic.write(0, Findings.small("a", 1));
    delivery.step();
    long whole = 1 + 2 + 4 + 8 + 16 + 32 + 6 * 60;
    assertThat(delivery.time.passed())
        .isBetween(Duration.ofSeconds(whole / 2), Duration.ofSeconds(whole));
    assertThat(delivery.counts.retries()).isEqualTo(12);
  }

  @Test
  void servesTheGroupWhileItWaits_withoutReading() {
    try (Delivery patient = Delivery.patient(2)) {
      patient.sentinel.answerNext(Answer.status(503, "60"));
      patient.topic.write(0, Findings.small("a", 1));
      patient.time.duringWaits(() -> patient.topic.write(1, Findings.small("later", 1)));
      patient.step();
      assertThat(patient.topic.polls()).isGreaterThanOrEqualTo(300);
      assertThat(patient.sentinel.latest()).containsOnlyKeys("a");
      patient.step();
      assertThat(patient.sentinel.latest()).containsOnlyKeys("a", "later");
    }
  }

  @Test
  void waitsOutAServiceThatIsNotThere() {
    topic.write(0, Findings.small("a", 1));
    sentinel.close();
    delivery.time.duringWaits(
        () -> {
          if (delivery.counts.retries() == 3 && delivery.sentinel == sentinel) {
            delivery.restartSentinel();
          }
        });
    delivery.step();
    assertThat(delivery.sentinel.latest()).containsOnlyKeys("a");
    assertThat(delivery.counts.requests(AnswerClass.CUT)).isEqualTo(3);
    assertThat(topic.isDone()).isTrue();
  }
}
