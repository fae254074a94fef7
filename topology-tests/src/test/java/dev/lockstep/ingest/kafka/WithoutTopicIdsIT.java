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
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Event Hubs and older clusters give zero for a topic's id: the last record stands in for it. The
 * tests wait most of the time, and run side by side.
 */
@Execution(ExecutionMode.CONCURRENT)
final class WithoutTopicIdsIT {
  private static final String SOURCE = "signins";
  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  private final TestBroker broker = TestBroker.shared();
  private final String prefix = TestBroker.newPrefix();
  private final String topic = prefix + "signins";
  private Onlooker onlooker;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    onlooker = new Onlooker(broker.bootstrapServers());
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    Topics.ensure(admin, prefix, 4, (short) 1);
    broker.createTopic(topic);
  }

  @AfterEach
  void stop() throws Exception {
    admin.close();
    onlooker.close();
    broker.deleteTopics(prefix);
  }

  @Test
  void readsAllOfATopicThatWasMadeAnew_whileNobodyRead() throws Exception {
    send(1, 500);
    read(new IngestCounts());
    List<ConsumerRecord<byte[], byte[]>> former = onlooker.committed(topic);
    makeAnew();
    send(10_001, 1_200);
    IngestCounts counts = new IngestCounts();
    read(counts);
    assertThat(counts.losses().since(0))
        .hasSize(4)
        .allSatisfy(loss -> assertThat(loss.what()).contains("is not the one that was read"));
    together(former).assertWrittenOnce(onlooker, prefix);
  }

  @Test
  void goesOn_whereTheTopicIsTheSame() throws Exception {
    send(1, 500);
    read(new IngestCounts());
    send(501, 500);
    IngestCounts counts = new IngestCounts();
    read(counts);
    assertThat(counts.losses().since(0)).isEmpty();
    ReadByHand.of(SOURCE, onlooker.committed(topic), ReadByHand.BY_TIMESTAMP)
        .assertWrittenOnce(onlooker, prefix);
  }

  @Test
  void readsAllOfATopicThatIsMadeAnewUnderARunningReader() throws Exception {
    send(1, 500);
    IngestCounts counts = new IngestCounts();
    try (KafkaIngest ingest = ingest(counts)) {
      new Thread(ingest, "ingest").start();
      awaitEnd();
      List<ConsumerRecord<byte[], byte[]>> former = onlooker.committed(topic);
      makeAnew();
      send(10_001, 1_200);
      long grown = System.nanoTime();
      await("it to be told")
          .atMost(Duration.ofSeconds(30))
          .until(() -> counts.losses().since(0).size() == 4);
      System.out.printf(
          "made anew without ids, told after %.1f s%n", (System.nanoTime() - grown) / 1e9);
      awaitEnd();
      assertThat(Set.copyOf(ReadByHand.entries(onlooker.activities(prefix))))
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
        SOURCE,
        Stream.concat(former.stream(), onlooker.committed(topic).stream()).toList(),
        ReadByHand.BY_TIMESTAMP);
  }

  private void awaitEnd() {
    await("every message to be read")
        .atMost(TIMEOUT)
        .until(() -> onlooker.isAtEnd(prefix, SOURCE, topic));
  }

  private void send(int first, int count) throws Exception {
    SourceMessages.send(broker.bootstrapServers(), topic, first, count);
  }

  private void makeAnew() throws Exception {
    admin.deleteTopics(List.of(topic)).all().get();
    await("the topic to be gone")
        .atMost(TIMEOUT)
        .until(
            () -> {
              try {
                admin.describeTopics(List.of(topic)).allTopicNames().get();
                return false;
              } catch (ExecutionException e) {
                return e.getCause() instanceof UnknownTopicOrPartitionException;
              }
            });
    broker.createTopic(topic);
  }

  private KafkaIngest ingest(IngestCounts counts) {
    KafkaSourceConfig source =
        new KafkaSourceConfig(
            SOURCE,
            topic,
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            false,
            "earliest");
    KafkaTarget target =
        new KafkaTarget(Map.of("bootstrap.servers", broker.bootstrapServers()), prefix);
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
