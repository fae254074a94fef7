package dev.lockstep.bench.service;

import dev.lockstep.capture.load.ServiceLoad;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka client of a measurement, which creates and deletes topics, sends the messages, waits until
 * the service has read them, and reads topics. The broker runs in a process of its own.
 */
final class LoadClient implements AutoCloseable {
  private static final int PARTITIONS = 4;
  private static final int CALM_LOOKS = 5;
  private static final Duration POLL = Duration.ofMillis(200);

  private final String bootstrap;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;

  LoadClient(String bootstrap) {
    this.bootstrap = bootstrap;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", bootstrap,
                "linger.ms", "5",
                "batch.size", "262144",
                "compression.type", "lz4",
                // A new partition may refuse the first batch, and then all that are under way.
                "max.in.flight.requests.per.connection", "1",
                "enable.metrics.push", "false"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  String bootstrap() {
    return bootstrap;
  }

  void create(String topic) throws InterruptedException, ExecutionException {
    admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
  }

  void delete(List<String> topics) throws InterruptedException, ExecutionException {
    admin.deleteTopics(topics).all().get();
  }

  List<String> topics(String prefix) throws InterruptedException, ExecutionException {
    return admin.listTopics().names().get().stream().filter(n -> n.startsWith(prefix)).toList();
  }

  /**
   * Returns the size of topics on the broker in bytes: the compressed record batches, as they were
   * sent, and the markers of transactions.
   */
  long bytesOf(List<String> topics) throws InterruptedException, ExecutionException {
    long bytes = 0;
    for (Map<String, LogDirDescription> ofBroker :
        admin.describeLogDirs(nodes()).allDescriptions().get().values()) {
      for (LogDirDescription folder : ofBroker.values()) {
        for (Map.Entry<TopicPartition, ReplicaInfo> each : folder.replicaInfos().entrySet()) {
          bytes += topics.contains(each.getKey().topic()) ? each.getValue().size() : 0;
        }
      }
    }
    return bytes;
  }

  private List<Integer> nodes() throws InterruptedException, ExecutionException {
    return admin.describeCluster().nodes().get().stream().map(Node::id).toList();
  }

  /** Sends a number of messages of a load, and waits until the broker has them. */
  void send(String topic, ServiceLoad load, long messages) {
    for (long sent = 0; sent < messages; sent++) {
      var unused = producer.send(new ProducerRecord<>(topic, load.next()));
    }
    producer.flush();
  }

  void send(String topic, byte[] message) {
    var unused = producer.send(new ProducerRecord<>(topic, message));
  }

  /**
   * Waits until a consumer group has committed nearly all records of its topics, at five checks in
   * a row.
   */
  void awaitDrained(String group, Duration limit) throws InterruptedException, ExecutionException {
    Instant until = Instant.now().plus(limit);
    for (int calm = 0; calm < CALM_LOOKS; ) {
      if (Instant.now().isAfter(until)) {
        throw new IllegalStateException(
            "could not measure: the consumer group %s has not read its topics to the end within %s; read the log of the service"
                .formatted(group, limit));
      }
      calm = left(group) == 0 ? calm + 1 : 0;
      Thread.sleep(POLL.toMillis());
    }
  }

  private long left(String group) throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetAndMetadata> committed;
    try {
      committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return Long.MAX_VALUE;
      }
      throw e;
    }
    if (committed.isEmpty()) {
      return Long.MAX_VALUE;
    }
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    committed.keySet().forEach(partition -> asked.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, ListOffsetsResultInfo> ends =
        admin.listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all().get();
    long left = 0;
    for (Map.Entry<TopicPartition, OffsetAndMetadata> each : committed.entrySet()) {
      ListOffsetsResultInfo end = ends.get(each.getKey());
      // The last offsets may be those of transaction markers, and of watermarks that advance
      // without new records.
      left += end == null ? 0 : Math.max(0, end.offset() - each.getValue().offset() - 4);
    }
    return left;
  }

  /** Returns the last value of each key of a topic, by the key as a text. */
  Map<String, byte[]> lastValues(String topic) {
    Map<String, byte[]> last = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer = reader()) {
      List<TopicPartition> partitions = partitions(consumer, topic);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          last.put(new String(record.key(), StandardCharsets.UTF_8), record.value());
        }
      }
    }
    return last;
  }

  static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(each -> new TopicPartition(topic, each.partition()))
        .toList();
  }

  KafkaConsumer<byte[], byte[]> reader() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", bootstrap,
            "isolation.level", "read_committed",
            "group.id", "bench-" + UUID.randomUUID(),
            "enable.auto.commit", "false",
            "auto.offset.reset", "earliest",
            "metadata.max.age.ms", "1000",
            "enable.metrics.push", "false"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
  }
}
