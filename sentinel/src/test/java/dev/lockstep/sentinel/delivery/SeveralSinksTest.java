package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.sentinel.sink.Answer;
import dev.lockstep.sentinel.sink.AnswerClass;
import dev.lockstep.sentinel.sink.Findings;
import dev.lockstep.sentinel.sink.Row;
import dev.lockstep.sentinel.sink.Sink;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What the forwarder promises of any sink: here one that answers as it is told. */
class SeveralSinksTest {
  private static final class Told implements Sink {
    private final List<AnswerClass> answers = new ArrayList<>();
    private final List<String> taken = new ArrayList<>();

    @Override
    public String place() {
      return "told";
    }

    @Override
    public Limits limits() {
      return new Limits(10_000, 10);
    }

    @Override
    public Duration timeout() {
      return Duration.ofSeconds(1);
    }

    @Override
    public synchronized Answer send(List<Row> rows, Instant sentAt) {
      AnswerClass kind = answers.isEmpty() ? AnswerClass.TAKEN : answers.remove(0);
      if (rows.stream().anyMatch(row -> row.detection().getId().equals("bad"))) {
        kind = AnswerClass.REFUSED;
      }
      if (kind == AnswerClass.TAKEN) {
        rows.forEach(row -> taken.add(row.detection().getId()));
      }
      return Answer.without(kind, "as told");
    }

    @Override
    public String fix(AnswerClass kind) {
      return "tell it otherwise";
    }

    @Override
    public void close() {}
  }

  private final FakeTime time = new FakeTime();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());

  private Forwarder forwarder(String name, Sink sink, DetectionsTopic topic, ForwarderCounts of) {
    Forwarder forwarder =
        new Forwarder(
            ForwarderConfig.of(name), sink, topic, producer, of, time, new Random(1), time);
    forwarder.begin();
    return forwarder;
  }

  @Test
  void oneSinksFailureHoldsBackNoOther() throws InterruptedException {
    Told soar = new Told();
    Told archive = new Told();
    DetectionsTopic ofSoar = new DetectionsTopic(1);
    DetectionsTopic ofArchive = new DetectionsTopic(1);
    ForwarderCounts soarCounts = new ForwarderCounts();
    ForwarderCounts archiveCounts = new ForwarderCounts();
    try (Forwarder first = forwarder("soar", soar, ofSoar, soarCounts);
        Forwarder second = forwarder("archive", archive, ofArchive, archiveCounts)) {
      for (int i = 0; i < 25; i++) {
        ofSoar.write(0, Findings.small("d" + i, 1));
        ofArchive.write(0, Findings.small("d" + i, 1));
      }
      soar.answers.addAll(List.of(AnswerClass.UNAUTHORISED, AnswerClass.UNAUTHORISED));
      time.duringWaits(
          () -> {
            assertThat(soarCounts.status().reason()).contains("told", "tell it otherwise");
            assertThat(ofSoar.committed(0)).isZero();
          });
      second.step();
      assertThat(archive.taken).hasSize(25);
      assertThat(ofArchive.isDone()).isTrue();
      first.step();
      assertThat(soar.taken).hasSize(25);
      assertThat(archiveCounts.takenByRule())
          .containsOnlyKeys("token-replay")
          .extractingByKey("token-replay")
          .extracting(ForwarderCounts.Taken::rows)
          .isEqualTo(25L);
      assertThat(archiveCounts.taken("token-replay"))
          .isEqualTo(archiveCounts.takenByRule().get("token-replay"));
      assertThat(archiveCounts.taken("impossible-travel").rows()).isZero();
    }
  }

  @Test
  void aDeadLetterSaysWhichSinkRefusedIt() throws InterruptedException {
    Told soar = new Told();
    DetectionsTopic topic = new DetectionsTopic(2);
    try (Forwarder forwarder = forwarder("soar", soar, topic, new ForwarderCounts())) {
      topic.write(0, Findings.small("good", 1));
      topic.write(1, Findings.small("bad", 1));
      for (int i = 0; i < 60 && !topic.isDone(); i++) {
        forwarder.step();
        time.sleep(Duration.ofSeconds(1));
      }
      assertThat(topic.isDone()).isTrue();
      dev.lockstep.schemas.DeadLetter letter =
          new dev.lockstep.schemas.SingleObject<dev.lockstep.schemas.DeadLetter>(
                  dev.lockstep.schemas.DeadLetter.getClassSchema())
              .decode(producer.history().get(0).value());
      assertThat(letter.getReason()).isEqualTo("sink-refused");
      assertThat(letter.getWhere().getSource()).isEqualTo("soar");
      assertThat(letter.getDetail()).isEqualTo("as told");
    }
  }
}
