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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Event Hubs and older clusters give zero for a topic's id: the last record stands in for it. */
final class WithoutTopicIdsIT {
  private static final String TOPIC = "signins";
  private static final String PREFIX = "lockstep.";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;
  private TestBroker broker;
  private Onlooker onlooker;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.start(TestBroker.Kind.LOCAL, folder.resolve("broker"));
    onlooker = new Onlooker(broker.bootstrapServers());
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    Topics.ensure(admin, PREFIX, 4, (short) 1);
    broker.createTopic(TOPIC);
  }

  @AfterEach
  void stop() {
    admin.close();
    onlooker.close();
    broker.close();
  }

  @Test
  void readsAllOfATopicThatWasMadeAnew_whileNobodyRead() throws Exception {
    send(1, 5_000);
    read(new IngestCounts());
    List<ConsumerRecord<byte[], byte[]>> former = onlooker.committed(TOPIC);
    makeAnew();
    send(10_001, 12_000);
    IngestCounts counts = new IngestCounts();
    read(counts);
    assertThat(counts.losses().since(0))
        .hasSize(4)
        .allSatisfy(loss -> assertThat(loss.what()).contains("is not the one that was read"));
    together(former).assertWrittenOnce(onlooker, PREFIX);
  }

  @Test
  void goesOn_whereTheTopicIsTheSame() throws Exception {
    send(1, 1_000);
    read(new IngestCounts());
    send(1_001, 1_000);
    IngestCounts counts = new IngestCounts();
    read(counts);
    assertThat(counts.losses().since(0)).isEmpty();
    ReadByHand.of(TOPIC, onlooker.committed(TOPIC), ReadByHand.BY_TIMESTAMP)
        .assertWrittenOnce(onlooker, PREFIX);
  }

  @Test
  void readsAllOfATopicThatIsMadeAnewUnderARunningReader() throws Exception {
    send(1, 5_000);
    IngestCounts counts = new IngestCounts();
    try (KafkaIngest ingest = ingest(counts)) {
      new Thread(ingest, "ingest").start();
      awaitEnd();
      List<ConsumerRecord<byte[], byte[]>> former = onlooker.committed(TOPIC);
      makeAnew();
      send(10_001, 12_000);
      long grown = System.nanoTime();
      await("it to be told")
          .atMost(Duration.ofSeconds(30))
          .until(() -> counts.losses().since(0).size() == 4);
      System.out.printf(
          "made anew without ids, told after %.1f s%n", (System.nanoTime() - grown) / 1e9);
      awaitEnd();
      assertThat(Set.copyOf(ReadByHand.entries(onlooker.activities(PREFIX))))
          .isEqualTo(Set.copyOf(together(former).entries()));
    }
  }

  private void read(IngestCounts counts) {
    try (KafkaIngest ingest = ingest(counts)) {
      new Thread(ingest, "ingest").start();
      awaitEnd();
    }
  }

  private ReadByHand together(List<ConsumerRecord<byte[], byte[]>> former) {
    return ReadByHand.of(
        TOPIC,
        Stream.concat(former.stream(), onlooker.committed(TOPIC).stream()).toList(),
        ReadByHand.BY_TIMESTAMP);
  }

  private void awaitEnd() {
    await("every message to be read")
        .atMost(PATIENCE)
        .until(() -> onlooker.isAtEnd(PREFIX, TOPIC, TOPIC));
  }

  private void send(int first, int count) throws Exception {
    SourceMessages.send(broker.bootstrapServers(), TOPIC, first, count);
  }

  private void makeAnew() throws Exception {
    admin.deleteTopics(List.of(TOPIC)).all().get();
    await("the topic to be gone")
        .atMost(PATIENCE)
        .until(
            () -> {
              try {
                admin.describeTopics(List.of(TOPIC)).allTopicNames().get();
                return false;
              } catch (ExecutionException e) {
                return e.getCause() instanceof UnknownTopicOrPartitionException;
              }
            });
    broker.createTopic(TOPIC);
  }

  private KafkaIngest ingest(IngestCounts counts) {
    KafkaSourceConfig source =
        new KafkaSourceConfig(
            TOPIC,
            TOPIC,
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            false,
            "earliest");
    KafkaTarget target =
        new KafkaTarget(Map.of("bootstrap.servers", broker.bootstrapServers()), PREFIX);
    KafkaClients real = KafkaClients.of(source, target);
    return new KafkaIngest(
        source,
        target,
        new WithoutIds(real),
        Limits.defaults(),
        RawFieldPlan::none,
        counts,
        InstantSource.system());
  }

  /** The clients of a cluster that gives zero for the id of each topic. */
  private record WithoutIds(KafkaClients real) implements KafkaClients {
    @Override
    public TopicIds topicIds() {
      TopicIds ids = real.topicIds();
      return new TopicIds() {
        @Override
        public @Nullable String of(String topic) {
          return ids.of(topic) == null ? null : TopicIds.text(Uuid.ZERO_UUID);
        }

        @Override
        public void close() {
          ids.close();
        }
      };
    }

    @Override
    public Consumer<byte[], byte[]> source() {
      return real.source();
    }

    @Override
    public Consumer<byte[], byte[]> single() {
      return real.single();
    }

    @Override
    public Consumer<byte[], byte[]> positions(boolean committedOnly) {
      return real.positions(committedOnly);
    }

    @Override
    public Producer<byte[], byte[]> output(String transactionalId) {
      return real.output(transactionalId);
    }

    @Override
    public Producer<byte[], byte[]> announcements() {
      return real.announcements();
    }

    @Override
    public Consumer<byte[], byte[]> member(String group) {
      return real.member(group);
    }
  }
}
