package dev.lockstep.ingest.kafka;

import dev.lockstep.schemas.Position;
import dev.lockstep.schemas.SingleObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Kafka's own fakes, tied together: what one writer commits, the next reader finds. */
public class FakeKafkaClients implements KafkaClients {
  static final TopicPartition SOURCE = new TopicPartition("signins", 0);
  private static final Node NODE = new Node(0, "localhost", 1);

  final List<String> events = new ArrayList<>();
  public final List<MockProducer<byte[], byte[]>> producers = new ArrayList<>();
  public final List<ProducerRecord<byte[], byte[]>> committedPositions = new ArrayList<>();
  MockConsumer<byte[], byte[]> source = newSource();
  public @Nullable RuntimeException initFailure;
  boolean failAnnouncements;

  /** Whether the source's cluster answers nothing. */
  boolean silent;

  /** Partition of the source whose offsets nobody tells. */
  @Nullable TopicPartition offline;

  /** What the source's cluster throws in place of a list of its topics. */
  @Nullable RuntimeException listFailure;

  /** Called when a writer fences earlier ones, and when it looks for its position. */
  public Runnable opening = () -> {};

  /** What the source's cluster says of the topic. */
  @Nullable String topicId = "topic-one";

  @Nullable RuntimeException idFailure;

  /** What is read again, of one record. */
  final List<ConsumerRecord<byte[], byte[]>> kept = new ArrayList<>();

  /** After so many commits of one writer the next fails. */
  public int failCommitsAfter = Integer.MAX_VALUE;

  /** Failure of the next commit, after which its transaction can be aborted. */
  public @Nullable RuntimeException refusal;

  MockConsumer<byte[], byte[]> newSource() {
    MockConsumer<byte[], byte[]> consumer =
        new MockConsumer<>("none") {
          @Override
          public synchronized Map<String, List<PartitionInfo>> listTopics(Duration timeout) {
            if (silent) {
              throw new TimeoutException("no answer");
            }
            if (listFailure != null) {
              throw listFailure;
            }
            return super.listTopics(timeout);
          }

          @Override
          public synchronized Map<TopicPartition, Long> beginningOffsets(
              Collection<TopicPartition> partitions) {
            if (offline != null && partitions.contains(offline)) {
              throw new TimeoutException("no leader");
            }
            return super.beginningOffsets(partitions);
          }
        };
    consumer.updateBeginningOffsets(Map.of(SOURCE, 0L));
    consumer.updateEndOffsets(Map.of(SOURCE, 1000L));
    return consumer;
  }

  /** Makes the source say what partitions it has. */
  void showPartitions() {
    showPartitions(1);
  }

  /** Makes the source say that it has so many partitions. */
  void showPartitions(int number) {
    source.updatePartitions(
        SOURCE.topic(),
        IntStream.range(0, number)
            .mapToObj(i -> new PartitionInfo(SOURCE.topic(), i, NODE, new Node[0], new Node[0]))
            .toList());
  }

  void add(long offset, String body, long timestamp) {
    add(offset, body, timestamp, null);
  }

  void add(long offset, byte[] body, long timestamp) {
    source.addRecord(record(offset, body, timestamp, new RecordHeaders()));
  }

  void add(long offset, @Nullable String body, long timestamp, @Nullable String header) {
    RecordHeaders headers = new RecordHeaders();
    if (header != null) {
      headers.add("lockstep-arrival", header.getBytes(StandardCharsets.US_ASCII));
    }
    byte[] value = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
    source.addRecord(record(offset, value, timestamp, headers));
  }

  @SuppressWarnings("NullAway") // keys and values of Kafka's records may be null
  static ConsumerRecord<byte[], byte[]> record(
      long offset, byte @Nullable [] value, long timestamp, RecordHeaders headers) {
    return new ConsumerRecord<>(
        SOURCE.topic(),
        SOURCE.partition(),
        offset,
        timestamp,
        TimestampType.CREATE_TIME,
        -1,
        -1,
        null,
        value,
        headers,
        Optional.empty());
  }

  public MockProducer<byte[], byte[]> last() {
    return producers.get(producers.size() - 1);
  }

  public Position position() {
    return new SingleObject<Position>(Position.getClassSchema())
        .decode(committedPositions.get(committedPositions.size() - 1).value());
  }

  @Override
  public Consumer<byte[], byte[]> source() {
    return source;
  }

  /** Reads what {@link #kept} holds. */
  @Override
  public Consumer<byte[], byte[]> single() {
    MockConsumer<byte[], byte[]> consumer =
        new MockConsumer<>("none") {
          @Override
          public synchronized void assign(Collection<TopicPartition> partitions) {
            super.assign(partitions);
            if (!partitions.isEmpty()) {
              updateBeginningOffsets(Map.of(SOURCE, 0L));
              kept.forEach(this::addRecord);
            }
          }
        };
    return consumer;
  }

  @Override
  public TopicIds topicIds() {
    return new TopicIds() {
      @Override
      public @Nullable String of(String topic) {
        if (idFailure != null) {
          throw idFailure;
        }
        return topicId;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public MockConsumer<byte[], byte[]> member(String group) {
    TopicPartition turn = new TopicPartition("lockstep.positions", 0);
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("latest");
    consumer.updateEndOffsets(Map.of(turn, 0L));
    return consumer;
  }

  @Override
  public Consumer<byte[], byte[]> positions(boolean committedOnly) {
    opening.run();
    events.add(committedOnly ? "positions, committed" : "positions, open ones too");
    TopicPartition partition = new TopicPartition("lockstep.positions", 0);
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    consumer.updatePartitions(
        partition.topic(),
        List.of(new PartitionInfo(partition.topic(), 0, NODE, new Node[0], new Node[0])));
    consumer.updateBeginningOffsets(Map.of(partition, 0L));
    consumer.updateEndOffsets(Map.of(partition, (long) committedPositions.size()));
    consumer.schedulePollTask(
        () -> {
          long offset = 0;
          for (ProducerRecord<byte[], byte[]> record : committedPositions) {
            consumer.addRecord(
                new ConsumerRecord<>(partition.topic(), 0, offset++, record.key(), record.value()));
          }
        });
    return consumer;
  }

  @Override
  public Producer<byte[], byte[]> announcements() {
    if (!failAnnouncements) {
      return output("");
    }
    return new MockProducer<>(
        cluster(), false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
      @Override
      public void flush() {
        while (errorNext(new TimeoutException("no answer"))) {
          // nothing of it was written
        }
      }
    };
  }

  private static Cluster cluster() {
    return new Cluster(
        "c",
        List.of(NODE),
        List.of(
            new PartitionInfo("lockstep.activity", 0, NODE, new Node[0], new Node[0]),
            new PartitionInfo("lockstep.activity", 1, NODE, new Node[0], new Node[0])),
        java.util.Set.of(),
        java.util.Set.of());
  }

  @Override
  public Producer<byte[], byte[]> output(String transactionalId) {
    events.add("opened " + transactionalId);
    MockProducer<byte[], byte[]> producer =
        new MockProducer<>(
            cluster(), true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
          @Override
          public void initTransactions() {
            if (initFailure != null) {
              throw initFailure;
            }
            opening.run();
            events.add("fenced");
            super.initTransactions();
          }

          @Override
          public void commitTransaction() {
            if (commitCount() >= failCommitsAfter) {
              throw new TimeoutException("no answer");
            }
            RuntimeException refused = refusal;
            if (refused != null) {
              refusal = null;
              throw refused;
            }
            int before = history().size();
            super.commitTransaction();
            history().stream()
                .skip(before)
                .filter(record -> record.topic().equals("lockstep.positions"))
                .forEach(committedPositions::add);
          }
        };
    producers.add(producer);
    return producer;
  }
}
