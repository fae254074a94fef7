package dev.lockstep.app.page;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.detection.LatestById;
import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.process.DaemonThreadFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Latest findings of the topic of detections, at most 2,000, each in its last revision. A separate
 * consumer without a group reads them, so that the findings of all instances are there.
 */
public final class LatestFindings implements AutoCloseable {
  private static final int MOST = 2_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(300);

  /**
   * Longest time for which a stop of the service waits for the thread that reads the findings. If
   * the thread still waits for the cluster after that time, the stop goes on without it.
   */
  private static final Duration CLOSING = Duration.ofSeconds(1);

  private static final long RETRY_SECONDS = 2;

  private final String topic;
  private final Map<String, Object> settings;
  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
  private final LatestById<Detection> byId = new LatestById<>(MOST); // guarded by this
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread reader;
  private volatile long changes;
  private volatile @Nullable String problem = "the topic of detections is not read yet";

  private LatestFindings(Config.Kafka kafka) {
    topic = new ClusterNames(kafka.topicPrefix()).detections();
    settings = kafka.readerSettings();
    reader = new DaemonThreadFactory("page-findings").newThread(this::run);
  }

  /**
   * Starts a thread that reads the latest findings from the topic of detections, and returns the
   * object that it fills. The thread tries again while the topic cannot be read.
   */
  public static LatestFindings of(Config.Kafka kafka) {
    LatestFindings findings = new LatestFindings(kafka);
    findings.reader.start();
    return findings;
  }

  /**
   * Returns the findings in the order of their last changes, the latest change last. Withdrawn and
   * erased findings are left out.
   */
  public synchronized List<Detection> all() {
    return byId.all();
  }

  /**
   * Returns the last revision of a finding, or null if the finding is unknown, withdrawn, erased,
   * or not among the latest.
   */
  public synchronized @Nullable Detection byId(String id) {
    return byId.get(id);
  }

  /**
   * Returns the number of detection revisions and erasures that were read so far. A record that is
   * read again counts again.
   */
  public long changes() {
    return changes;
  }

  /** Returns the reason why the topic of detections is not read now, or null while it is read. */
  public @Nullable String problem() {
    return problem;
  }

  private void run() {
    while (closing.getCount() > 0) {
      try {
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
          read(consumer);
        } finally {
          consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
      } catch (KafkaException e) {
        problem = "topic %s cannot be read: %s".formatted(topic, e.getClass().getSimpleName());
      }
      try {
        if (closing.await(RETRY_SECONDS, TimeUnit.SECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void read(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic, TIMEOUT).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      problem = "topic " + topic + " does not exist yet";
      return;
    }
    consumer.assign(partitions);
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, TIMEOUT);
    consumer
        .endOffsets(partitions, TIMEOUT)
        .forEach(
            (partition, end) ->
                consumer.seek(partition, Math.max(begins.getOrDefault(partition, 0L), end - MOST)));
    problem = null;
    while (closing.getCount() > 0) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        take(record);
      }
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      if (record.key() != null) { // a tombstone of an erased detection
        erase(new String(record.key(), StandardCharsets.UTF_8));
      }
      return;
    }
    Detection detection;
    try {
      detection = codec.decode(record.value());
    } catch (RuntimeException e) { // another program's bytes, which the forwarder reports
      return;
    }
    add(detection, record.timestamp());
  }

  private synchronized void erase(String id) {
    byId.remove(id);
    changes = changes + 1;
  }

  private synchronized void add(Detection detection, long at) {
    if (DetectionStatus.isWithdrawn(detection)) {
      byId.remove(detection.getId());
    } else {
      byId.put(detection.getId(), at, detection);
    }
    changes = changes + 1;
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      reader.join(CLOSING.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
