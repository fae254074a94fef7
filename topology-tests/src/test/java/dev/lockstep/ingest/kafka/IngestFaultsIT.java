package dev.lockstep.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.kafka.Topics;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each record is written once, whatever fails in whichever moment. Both tests wait most of the
 * time, and run side by side.
 */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@MethodSource("kinds")
final class IngestFaultsIT {
  private static final long SEED = Long.getLong("lockstep.seed", 20_261_120L);
  private static final String TOPIC = "signins";
  private static final String PREFIX = "lockstep.";
  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  private final TestBroker.Kind kind;

  @TempDir Path folder;

  IngestFaultsIT(TestBroker.Kind kind) {
    this.kind = kind;
  }

  static List<TestBroker.Kind> kinds() {
    return TestBroker.kinds();
  }

  @Test
  void writesEachRecordOnce_whereverCommitsFail() throws Exception {
    writesEachRecordOnce(12, 1_000);
  }

  @Test
  @Tag("long")
  void writesEachRecordOnce_whereverMoreCommitsFail() throws Exception {
    writesEachRecordOnce(24, 2_000);
  }

  private void writesEachRecordOnce(int faults, int messages) throws Exception {
    System.out.printf("%d faults, from seed %d%n", faults, SEED);
    FaultyProducer.Faults script = new FaultyProducer.Faults(SEED, faults);
    try (TestBroker broker = broker();
        Onlooker onlooker = new Onlooker(broker.bootstrapServers())) {
      SourceMessages.send(broker.bootstrapServers(), TOPIC, 1, messages);
      IngestCounts counts = new IngestCounts();
      try (KafkaIngest ingest =
          ingest(broker, counts, settings -> new FaultyProducer(settings, script), Map.of())) {
        new Thread(ingest, "ingest").start();
        awaitEnd(onlooker);
      }
      assertThat(script.total()).as("faults that landed").isEqualTo(faults);
      assertThat(script.before.get()).as("before the commit").isPositive();
      assertThat(script.after.get()).as("after the commit").isPositive();
      assertThat(script.killed.get()).as("in the middle").isPositive();
      assertWrittenOnce(onlooker);
    }
  }

  @Test
  void writesEachRecordOnce_whenAZombieWakesUpBehindItsSuccessor() throws Exception {
    HangingProducer.Hook hook = new HangingProducer.Hook(6);
    try (TestBroker broker = broker();
        Onlooker onlooker = new Onlooker(broker.bootstrapServers());
        KafkaIngest zombie =
            ingest(
                broker,
                new IngestCounts(),
                settings -> new HangingProducer(settings, hook),
                Map.of("max.poll.interval.ms", 5_000));
        KafkaIngest successor = ingest(broker, new IngestCounts(), null, Map.of())) {
      SourceMessages.send(broker.bootstrapServers(), TOPIC, 1, 400);
      try {
        new Thread(zombie, "zombie").start();
        hook.hanging.await();
        new Thread(successor, "successor").start();
        awaitEnd(onlooker);
        assertThat(zombie.status().assigned()).as("what the zombie takes for its own").isEqualTo(4);
      } finally {
        hook.letGo.countDown();
      }
      SourceMessages.send(broker.bootstrapServers(), TOPIC, 401, 200);
      await("both to share the partitions again")
          .atMost(TIMEOUT)
          .until(
              () ->
                  zombie.status().open() > 0
                      && zombie.status().open() + successor.status().open() == 4);
      SourceMessages.send(broker.bootstrapServers(), TOPIC, 601, 200);
      awaitEnd(onlooker);
      assertWrittenOnce(onlooker);
    }
  }

  private TestBroker broker() throws Exception {
    TestBroker broker = TestBroker.start(kind, folder.resolve("broker"));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      Topics.ensure(admin, PREFIX, 4, (short) 1);
    }
    broker.createTopic(TOPIC);
    return broker;
  }

  private KafkaIngest ingest(
      TestBroker broker,
      IngestCounts counts,
      @Nullable Function<Map<String, Object>, Producer<byte[], byte[]>> producers,
      Map<String, Object> more) {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put("bootstrap.servers", broker.bootstrapServers());
    properties.put("max.poll.records", 20);
    properties.put("session.timeout.ms", 6_000);
    properties.put("heartbeat.interval.ms", 300);
    KafkaSourceConfig source = new KafkaSourceConfig(TOPIC, TOPIC, properties, false, "earliest");
    KafkaTarget target =
        new KafkaTarget(Map.of("bootstrap.servers", broker.bootstrapServers()), PREFIX);
    KafkaClients real = KafkaClients.of(source, target);
    KafkaClients clients =
        producers == null
            ? real
            : new KafkaClients() {
              @Override
              public Consumer<byte[], byte[]> source() {
                return real.source();
              }

              @Override
              public Consumer<byte[], byte[]> single() {
                return real.single();
              }

              @Override
              public TopicIds topicIds() {
                return real.topicIds();
              }

              @Override
              public Consumer<byte[], byte[]> positions(boolean committedOnly) {
                return real.positions(committedOnly);
              }

              @Override
              public Consumer<byte[], byte[]> member(String group) {
                return real.member(group);
              }

              @Override
              public Producer<byte[], byte[]> announcements() {
                return output("");
              }

              @Override
              public Producer<byte[], byte[]> output(String transactionalId) {
                return producers.apply(
                    Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "acks",
                        "all",
                        "max.block.ms",
                        15_000,
                        "transactional.id",
                        transactionalId));
              }
            };
    return new KafkaIngest(
        source, target, clients, Limits.defaults(), RawFieldPlan::none, counts, fastClock());
  }

  /** Twenty times as fast as the clock on the wall, so that a second's pause is short. */
  private static InstantSource fastClock() {
    long began = System.nanoTime();
    return () -> SourceMessages.ARRIVAL.plusNanos(20 * (System.nanoTime() - began));
  }

  private static void awaitEnd(Onlooker onlooker) {
    await("every message to be read")
        .atMost(TIMEOUT)
        .until(() -> onlooker.isAtEnd(PREFIX, TOPIC, TOPIC));
  }

  private static void assertWrittenOnce(Onlooker onlooker) {
    ReadByHand expected = ReadByHand.of(TOPIC, onlooker.committed(TOPIC), ReadByHand.BY_TIMESTAMP);
    assertThat(expected.rejected()).isNotEmpty();
    assertThat(expected.quarantined()).isNotEmpty();
    expected.assertWrittenOnce(onlooker, PREFIX);
  }
}
