package dev.lockstep.app.kafka;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.SlowAnswer;
import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.text.Quoted;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the topic of detections in the configured cluster, without a consumer group, from the
 * beginning of the topic. Nothing is committed.
 */
public final class DetectionTopicReader implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long MOST_WAIT_NANOS = 60_000_000_000L;

  private final String name;
  private final String servers;
  private final String fix;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /**
   * Creates a reader with a Kafka consumer of its own. It connects to the cluster when it reads.
   *
   * @param fix end of the message of a failure
   */
  public DetectionTopicReader(Config.Kafka kafka, String fix) {
    this.name = new ClusterNames(kafka.topicPrefix()).detections();
    this.servers = kafka.bootstrapServers();
    this.fix = fix;
    Map<String, Object> settings = kafka.readerSettings();
    try {
      this.consumer =
          new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw unreadable(Failures.message(e), e);
    }
  }

  public String name() {
    return name;
  }

  /**
   * Reads the topic from its beginning, and passes each record to {@code each}. It reads at least
   * up to the end that the topic has at the call.
   *
   * @throws OperatorException if the cluster or the topic cannot be read
   */
  public void readToEnd(Consumer<ConsumerRecord<byte[], byte[]>> each) {
    try {
      Map<TopicPartition, Long> ends = ends();
      consumer.assign(ends.keySet());
      consumer.seekToBeginning(ends.keySet());
      long until = System.nanoTime() + MOST_WAIT_NANOS;
      while (!isAt(ends)) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        records.forEach(each);
        if (!records.isEmpty()) {
          until = System.nanoTime() + MOST_WAIT_NANOS;
        } else if (System.nanoTime() > until) {
          throw unreadable(
              "the end of the topic was not reached, and no record came for 60 s", null);
        }
      }
    } catch (KafkaException e) {
      throw unreadable(Failures.message(e), e);
    }
  }

  private Map<TopicPartition, Long> ends() {
    try (SlowAnswer answer = SlowAnswer.of(servers)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(name, TIMEOUT).stream()
              .map(info -> new TopicPartition(name, info.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw unreadable("there is no such topic", null);
      }
      return consumer.endOffsets(partitions, TIMEOUT);
    }
  }

  /**
   * Polls the topic once for records that follow those already read, and passes each record to
   * {@code each}. {@link #readToEnd} has to be called before. The poll waits a moment if there are
   * no records.
   *
   * @throws OperatorException if the topic cannot be read any more
   */
  public void readNext(Consumer<ConsumerRecord<byte[], byte[]>> each) {
    try {
      consumer.poll(POLL).forEach(each);
    } catch (KafkaException e) {
      throw unreadable(Failures.message(e), e);
    }
  }

  private boolean isAt(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey(), TIMEOUT) >= end.getValue());
  }

  private OperatorException unreadable(String why, @Nullable Throwable e) {
    return new OperatorException(
        "could not read detections from topic %s at kafka.bootstrapServers %s (%s); check kafka.topicPrefix, kafka.bootstrapServers and kafka.properties, or %s"
            .formatted(name, Quoted.of(servers), why, fix),
        e);
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }
}
