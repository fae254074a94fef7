package dev.lockstep.sentinel.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.sentinel.delivery.FakeTime;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaSinkTest {
  private final MockProducer<byte[], byte[]> producer = mock();
  private final AtomicInteger producers = new AtomicInteger();
  private final KafkaSink sink =
      new KafkaSink(
          "siem",
          "a:1",
          "alerts",
          () -> {
            return producers.incrementAndGet() == 1 ? producer : mock();
          });

  private static MockProducer<byte[], byte[]> mock() {
    return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private Answer send(String... ids) throws InterruptedException {
    return sink.send(
        java.util.Arrays.stream(ids).map(id -> sink.row(Findings.small(id, 1))).toList(),
        FakeTime.START);
  }

  @Test
  void writesARecordADetection_keyedByItsId() throws InterruptedException {
    assertThat(send("a", "b").kind()).isEqualTo(AnswerClass.TAKEN);
    assertThat(producer.history())
        .extracting(
            record -> record.topic(),
            record -> new String(record.key(), StandardCharsets.UTF_8),
            record -> new String(record.value(), StandardCharsets.UTF_8))
        .containsExactly(
            org.assertj.core.api.Assertions.tuple(
                "alerts", "a", AvroJson.of(Findings.small("a", 1))),
            org.assertj.core.api.Assertions.tuple(
                "alerts", "b", AvroJson.of(Findings.small("b", 1))));
  }

  @Test
  void saysWhatTheClusterMeans() throws InterruptedException {
    expect(AnswerClass.TOO_LARGE, new RecordTooLargeException("x"));
    expect(AnswerClass.UNAUTHORISED, new TopicAuthorizationException("alerts"));
    expect(AnswerClass.UNAUTHORISED, new SaslAuthenticationException("no"));
    expect(AnswerClass.MISCONFIGURED, new KafkaException("x", new ConfigException("no urls")));
    expect(AnswerClass.UNAVAILABLE, new TimeoutException("no leader"));
    assertThat(producers).hasValue(1);
  }

  private void expect(AnswerClass kind, RuntimeException failure) throws InterruptedException {
    producer.sendException = failure;
    Answer answer = send("a");
    assertThat(answer.kind()).isEqualTo(kind);
    assertThat(answer.message()).contains(failure.getClass().getSimpleName());
  }

  @Test
  void asksOnce_whereTheTopicIsNotThere() throws InterruptedException {
    AtomicInteger asked = new AtomicInteger();
    MockProducer<byte[], byte[]> waiting =
        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
          @Override
          public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
            asked.incrementAndGet();
            return CompletableFuture.failedFuture(new TimeoutException("Topic alerts not present"));
          }
        };
    KafkaSink missing = new KafkaSink("siem", "a:1", "alerts", () -> waiting);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(missing.row(Findings.small("d" + i, 1)));
    }
    Answer answer = missing.send(rows, FakeTime.START);
    assertThat(answer.kind()).isEqualTo(AnswerClass.UNAVAILABLE);
    assertThat(answer.message()).contains("Topic alerts not present");
    assertThat(asked).hasValue(1);
  }

  @Test
  void takesANewProducer_whereOneHasFailedForGood() throws InterruptedException {
    producer.sendException = new OutOfOrderSequenceException("x");
    assertThat(send("a").kind()).isEqualTo(AnswerClass.UNAVAILABLE);
    assertThat(producer.closed()).isTrue();
    assertThat(send("a").kind()).isEqualTo(AnswerClass.TAKEN);
    assertThat(producers).hasValue(2);
  }

  @Test
  void saysThatNoServerIsKnown_andDoesNotFail() throws InterruptedException {
    try (KafkaSink nowhere =
        new KafkaSink("siem", "no-such-host.invalid:9092", "alerts", java.util.Map.of())) {
      Answer answer = nowhere.send(List.of(nowhere.row(Findings.small("a", 1))), FakeTime.START);
      assertThat(answer.kind()).isEqualTo(AnswerClass.MISCONFIGURED);
      assertThat(answer.message()).contains("bootstrap");
    }
  }
}
