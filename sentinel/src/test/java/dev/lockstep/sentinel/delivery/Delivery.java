package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import dev.lockstep.sentinel.logs.BearerToken;
import dev.lockstep.sentinel.logs.BearerTokens;
import dev.lockstep.sentinel.logs.SentinelConfig;
import dev.lockstep.sentinel.logs.SentinelSink;
import dev.lockstep.sentinel.logs.StreamForm;
import dev.lockstep.sentinel.sink.Findings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A forwarder between a topic and a fake sink, in time of its own. */
final class Delivery implements AutoCloseable {
  final FakeTime time = new FakeTime();
  final DetectionsTopic topic;
  final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  final ForwarderCounts counts = new ForwarderCounts();
  final AtomicInteger tokensRefused = new AtomicInteger();
  final Forwarder forwarder;
  FakeLogsIngestionApi sentinel;

  private final Map<String, Integer> maxRowsPerHour;
  private final int maxHighRowsPerHour;
  private final Instant forwardFrom;
  private final @Nullable DailyBudget dailyBudget;
  private final Duration answerTimeout;
  private ForwarderCounts.Status meanwhile = counts.status();

  Delivery(int partitions) {
    this(partitions, new Random(1));
  }

  /** Creates one whose client waits for an answer as long as a busy machine may need. */
  static Delivery patient(int partitions) {
    return new Delivery(
        partitions,
        new Random(1),
        Map.of(),
        ForwarderConfig.NO_CEILING,
        Instant.MIN,
        null,
        Duration.ofSeconds(60));
  }

  Delivery(int partitions, Random random) {
    this(partitions, random, Map.of());
  }

  /**
   * Creates one with caps; what it commits past a row that was held back is for the test to see.
   */
  Delivery(int partitions, Random random, Map<String, Integer> maxRowsPerHour) {
    this(partitions, random, maxRowsPerHour, Instant.MIN, null);
  }

  /** Creates one that forwards what ended at a time or later, and no more a day than a budget. */
  Delivery(
      int partitions,
      Random random,
      Map<String, Integer> maxRowsPerHour,
      Instant forwardFrom,
      @Nullable DailyBudget dailyBudget) {
    this(partitions, random, maxRowsPerHour, ForwarderConfig.NO_CEILING, forwardFrom, dailyBudget);
  }

  /** Creates one with a ceiling for severity High as well. */
  Delivery(
      int partitions,
      Random random,
      Map<String, Integer> maxRowsPerHour,
      int maxHighRowsPerHour,
      Instant forwardFrom,
      @Nullable DailyBudget dailyBudget) {
    this(
        partitions,
        random,
        maxRowsPerHour,
        maxHighRowsPerHour,
        forwardFrom,
        dailyBudget,
        Duration.ofSeconds(2));
  }

  private Delivery(
      int partitions,
      Random random,
      Map<String, Integer> maxRowsPerHour,
      int maxHighRowsPerHour,
      Instant forwardFrom,
      @Nullable DailyBudget dailyBudget,
      Duration answerTimeout) {
    this.answerTimeout = answerTimeout;
    this.maxHighRowsPerHour = maxHighRowsPerHour;
    this.dailyBudget = dailyBudget;
    this.maxRowsPerHour = maxRowsPerHour;
    this.forwardFrom = forwardFrom;
    try {
      sentinel = FakeLogsIngestionApi.start(null, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    topic = new DetectionsTopic(partitions);
    forwarder = forwarder(sentinel.endpoint(), tokens(), random);
    if (maxRowsPerHour.isEmpty()
        && dailyBudget == null
        && maxHighRowsPerHour == ForwarderConfig.NO_CEILING) {
      topic.onCommit(this::checkCommitted);
    }
    time.duringWaits(() -> meanwhile = counts.status());
    forwarder.begin();
  }

  /** Returns how delivery stood in the last wait. */
  ForwarderCounts.Status meanwhile() {
    return meanwhile;
  }

  /** Replaces the fake by a new one at the same port, without its rows. */
  void restartSentinel() {
    try {
      sentinel = FakeLogsIngestionApi.start(null, sentinel.endpoint().getPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Forwarder forwarder(URI endpoint, BearerTokens tokens, Random random) {
    return new Forwarder(
        ForwarderConfig.of(ForwarderConfig.SENTINEL)
            .withMaxRowsPerHour(maxRowsPerHour)
            .withMaxHighRowsPerHour(maxHighRowsPerHour)
            .withDailyBudget(dailyBudget)
            .withForwardFrom(forwardFrom),
        new SentinelSink(
            SentinelConfig.of(endpoint, FakeLogsIngestionApi.RULE_ID, FakeLogsIngestionApi.STREAM)
                .withTimeouts(answerTimeout, answerTimeout),
            StreamForm.DETECTIONS,
            tokens,
            time),
        topic,
        producer,
        counts,
        time,
        random,
        time);
  }

  private BearerTokens tokens() {
    return new BearerTokens() {
      @Override
      public BearerToken current() {
        return new BearerToken("token-" + tokensRefused.get());
      }

      @Override
      public void refused() {
        tokensRefused.incrementAndGet();
      }
    };
  }

  /** Writes the medium ones from d{@code from} to before d{@code to}, to partitions in turn. */
  void write(int from, int to) {
    for (int i = from; i < to; i++) {
      topic.write(i % topic.partitions().size(), Findings.medium("d" + i, 1));
    }
  }

  /** Returns the rows that tell what was held back. */
  List<FakeLogsIngestionApi.Row> overflows() {
    return sentinel.rows().stream().filter(row -> row.json().contains("\"overflow\"")).toList();
  }

  /** Gives the partitions away and takes them back: only what was committed is remembered. */
  void loseEverything() {
    topic.assignNext(Set.of());
    step();
    topic.assignNext(topic.partitions());
  }

  void step() {
    try {
      forwarder.step();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Goes on, a second a step, until everything is committed. */
  void finish() {
    for (int steps = 0; !topic.isDone(); steps++) {
      assertThat(steps).as("stuck: %s", counts.status()).isLessThan(5_000);
      step();
      time.sleep(Duration.ofSeconds(1));
    }
  }

  List<DeadLetter> deadLetters() {
    SingleObject<DeadLetter> codec = new SingleObject<>(DeadLetter.getClassSchema());
    return producer.history().stream().map(record -> codec.decode(record.value())).toList();
  }

  /**
   * Fails if an offset passes a detection of which neither this revision nor a newer one is taken,
   * or a dead letter, or still to be read.
   */
  private void checkCommitted(Map<TopicPartition, OffsetAndMetadata> offsets) {
    Map<String, FakeLogsIngestionApi.Row> latest = sentinel.latest();
    Set<String> dead =
        deadLetters().stream()
            .map(letter -> letter.getWhere())
            .map(where -> where.getPartition() + "/" + where.getPosition())
            .collect(Collectors.toSet());
    offsets.forEach(
        (partition, committed) -> {
          Map<String, Integer> safe = new HashMap<>();
          latest.forEach((id, row) -> safe.put(id, row.revision()));
          List<DetectionsTopic.Written> log =
              topic.written().stream()
                  .filter(written -> written.partition().equals(partition))
                  .toList();
          for (DetectionsTopic.Written written : log) {
            if (written.detection() != null
                && (written.offset() >= committed.offset()
                    || dead.contains(partition.partition() + "/" + written.offset()))) {
              safe.merge(written.detection().getId(), written.detection().getRevision(), Math::max);
            }
          }
          for (DetectionsTopic.Written written : log) {
            if (written.detection() != null && written.offset() < committed.offset()) {
              assertThat(safe.getOrDefault(written.detection().getId(), 0))
                  .as("%s committed at %s", written, committed)
                  .isGreaterThanOrEqualTo(written.detection().getRevision());
            }
          }
        });
  }

  @Override
  public void close() {
    forwarder.close();
    sentinel.close();
  }
}
