package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.sentinel.sink.Answer;
import dev.lockstep.sentinel.sink.AnswerClass;
import dev.lockstep.sentinel.sink.Findings;
import dev.lockstep.sentinel.sink.Row;
import dev.lockstep.sentinel.sink.Sink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What a forwarder makes of a sink that fails as none should. */
class ForwarderFaultsTest {
  private static class Sound implements Sink {
    final List<String> taken = Collections.synchronizedList(new ArrayList<>());

    @Override
    public String place() {
      return "sound";
    }

    @Override
    public Limits limits() {
      return new Limits(100_000, 10);
    }

    @Override
    public Duration timeout() {
      return Duration.ofMillis(1);
    }

    @Override
    public Answer send(List<Row> rows, Instant sentAt) {
      rows.forEach(row -> taken.add(row.detection().getId()));
      return Answer.without(AnswerClass.TAKEN, "");
    }

    @Override
    public String fix(AnswerClass kind) {
      return "fix it";
    }

    @Override
    public void close() {}
  }

  /** Hangs as on a disk that no interrupt reaches. */
  private static void awaitWhateverComes(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        // it hangs on
      }
    }
  }

  private final FakeTime time = new FakeTime();
  private final DetectionsTopic topic = new DetectionsTopic(1);
  private final ForwarderCounts counts = new ForwarderCounts();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());

  private Forwarder forwarder(Sink sink) {
    return new Forwarder(
        ForwarderConfig.of("soar"), sink, topic, producer, counts, time, new Random(1), time);
  }

  @Test
  void sendsAgain_whatASinkFailedOverByAnError() throws InterruptedException {
    AtomicInteger failures = new AtomicInteger(2);
    Sound sink =
        new Sound() {
          @Override
          public Answer send(List<Row> rows, Instant sentAt) {
            if (failures.getAndDecrement() > 0) {
              throw new IllegalStateException("out of its mind");
            }
            return super.send(rows, sentAt);
          }
        };
    time.duringWaits(
        () -> assertThat(counts.status().reason()).contains("out of its mind", "report this bug"));
    topic.write(0, Findings.small("a", 1));
    try (Forwarder forwarder = forwarder(sink)) {
      forwarder.begin();
      forwarder.step();
      assertThat(topic.isDone()).isTrue();
    }
    assertThat(sink.taken).containsExactly("a");
    assertThat(counts.retries()).isEqualTo(2);
  }

  @Test
  void tellsADetectionOfWhichTheSinkMakesNoRow_fromBytesThatAreNone() throws InterruptedException {
    Sound sink =
        new Sound() {
          @Override
          public Row row(Detection detection) {
            if (detection.getId().equals("a")) {
              throw new IllegalStateException("out of its mind");
            }
            return super.row(detection);
          }
        };
    topic.write(0, Findings.small("a", 1));
    topic.writeBytes(0, "not a detection".getBytes(StandardCharsets.UTF_8));
    topic.write(0, Findings.small("b", 1));
    try (Forwarder forwarder = forwarder(sink)) {
      forwarder.begin();
      forwarder.step();
      assertThat(topic.isDone()).isTrue();
    }
    assertThat(sink.taken).containsExactly("b");
    SingleObject<DeadLetter> letters = new SingleObject<>(DeadLetter.getClassSchema());
    List<DeadLetter> written =
        producer.history().stream().map(sent -> letters.decode(sent.value())).toList();
    assertThat(written)
        .extracting(DeadLetter::getReason)
        .containsExactly("no-row", "not-a-detection");
    assertThat(written.get(0).getDetail())
        .isEqualTo("IllegalStateException: out of its mind; report this bug");
    assertThat(counts.deadLetters()).isEqualTo(2);
  }

  @Test
  void saysWhatToLookAt_asTheSinkKnowsIt() throws InterruptedException {
    Sound sink =
        new Sound() {
          @Override
          public Answer send(List<Row> rows, Instant sentAt) {
            return counts.retries() > 0
                ? super.send(rows, sentAt)
                : Answer.without(AnswerClass.UNAVAILABLE, "No space left on device");
          }

          @Override
          public String hintIfItLasts() {
            return "make room";
          }
        };
    time.duringWaits(
        () ->
            assertThat(counts.status().reason())
                .contains("(unavailable: No space left on device); make room; nothing is lost"));
    topic.write(0, Findings.small("a", 1));
    try (Forwarder forwarder = forwarder(sink)) {
      forwarder.begin();
      forwarder.step();
    }
    assertThat(counts.retries()).isEqualTo(1);
  }

  @Test
  void saysThatItHasStopped_whateverStoppedIt() {
    Sound sink =
        new Sound() {
          @Override
          public Row row(Detection detection) {
            throw new StackOverflowError("a row too deep");
          }
        };
    topic.write(0, Findings.small("a", 1));
    Forwarder forwarder = forwarder(sink);
    assertThatThrownBy(forwarder::run).isInstanceOf(StackOverflowError.class);
    assertThat(counts.status().state()).isEqualTo(ForwarderState.STOPPED);
    assertThat(counts.status().reason()).contains("a row too deep");
    assertThat(topic.closed()).isTrue();
    assertThat(topic.commits()).isZero();
    forwarder.close();
  }

  @Test
  void leavesTheGroup_beforeItClosesASinkThatMayHang() {
    AtomicInteger closed = new AtomicInteger();
    Sound sink =
        new Sound() {
          @Override
          public void close() {
            if (topic.closed() && producer.closed()) {
              closed.incrementAndGet();
            }
            throw new IllegalStateException("cannot be closed");
          }
        };
    forwarder(sink).close();
    assertThat(closed).hasValue(1);
    assertThat(topic.closed()).isTrue();
    assertThat(producer.closed()).isTrue();
  }

  /** Runs a forwarder by the real clock, and returns how long it takes to close. */
  private Duration closing(Sink sink, Consumer<byte[], byte[]> from, CountDownLatch hangs)
      throws InterruptedException {
    Forwarder forwarder =
        new Forwarder(
            ForwarderConfig.of("soar"),
            sink,
            from,
            producer,
            counts,
            InstantSource.system(),
            new Random(1),
            pause -> TimeUnit.MILLISECONDS.sleep(pause.toMillis()));
    Thread thread = new Thread(forwarder, "forward");
    thread.start();
    assertThat(hangs.await(10, TimeUnit.SECONDS)).as("it hangs").isTrue();
    long began = System.nanoTime();
    forwarder.close();
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    thread.join(1_000);
    assertThat(thread.isAlive()).isFalse();
    return took;
  }

  @Test
  void closesWithinTenSeconds_thoughRequestAndClosingOfItsSinkHangForEver()
      throws InterruptedException {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Sound sink =
        new Sound() {
          @Override
          public Duration timeout() {
            return Duration.ofMinutes(2);
          }

          @Override
          public Answer send(List<Row> rows, Instant sentAt) {
            hangs.countDown();
            awaitWhateverComes(never);
            return Answer.without(AnswerClass.TAKEN, "");
          }

          @Override
          public void close() {
            awaitWhateverComes(never);
          }
        };
    topic.write(0, Findings.small("a", 1));
    assertThat(closing(sink, topic, hangs)).isLessThan(Duration.ofSeconds(10));
    assertThat(topic.closed()).isTrue();
    assertThat(topic.commits()).as("what hangs is not committed").isZero();
    assertThat(counts.retries()).as("closing is no answer that came too late").isZero();
    never.countDown();
  }

  @Test
  void closesWithinTenSeconds_thoughTheClusterDoesNotAnswerACommit() throws InterruptedException {
    CountDownLatch hangs = new CountDownLatch(1);
    DetectionsTopic silent =
        new DetectionsTopic(1) {
          @Override
          public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            hangs.countDown();
            try {
              new CountDownLatch(1).await(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
              throw new InterruptException(e);
            }
          }
        };
    silent.write(0, Findings.small("a", 1));
    assertThat(closing(new Sound(), silent, hangs)).isLessThan(Duration.ofSeconds(10));
    assertThat(silent.closed()).isTrue();
  }

  @Test
  void asksASinkThatHangs_onlySoManyTimesAtOnce() throws InterruptedException {
    CountDownLatch fixed = new CountDownLatch(1);
    AtomicInteger hanging = new AtomicInteger();
    AtomicLong bytes = new AtomicLong();
    Sound sink =
        new Sound() {
          @Override
          public Answer send(List<Row> rows, Instant sentAt) {
            rows.forEach(row -> bytes.addAndGet(row.bytes()));
            hanging.incrementAndGet();
            awaitWhateverComes(fixed);
            hanging.decrementAndGet();
            return super.send(rows, sentAt);
          }
        };
    time.duringWaits(
        () -> {
          if (counts.retries() == 6 && fixed.getCount() > 0) {
            assertThat(hanging.get()).isBetween(1, 2);
            fixed.countDown();
          }
        });
    topic.write(0, Findings.small("a", 1));
    try (Forwarder forwarder = forwarder(sink)) {
      forwarder.begin();
      forwarder.step();
      assertThat(topic.isDone()).isTrue();
    }
    assertThat(counts.retries()).isGreaterThanOrEqualTo(6);
    assertThat(sink.taken).contains("a");
    assertThat(counts.bytesSent()).as("what was not sent is not counted").isEqualTo(bytes.get());
    assertThat(counts.requests(AnswerClass.TIMED_OUT)).isLessThan(counts.retries());
  }
}
