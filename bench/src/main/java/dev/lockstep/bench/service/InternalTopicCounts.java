package dev.lockstep.bench.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Counter of the records and bytes that a service writes to its activity topic and its internal
 * topics. A thread of its own reads the topics while the service runs, because Kafka Streams
 * deletes records that it has consumed.
 */
final class InternalTopicCounts implements AutoCloseable {
  private final AtomicLong streamBytes = new AtomicLong();
  private final AtomicLong streamRecords = new AtomicLong();
  private final AtomicLong changelogBytes = new AtomicLong();
  private final AtomicLong changelogRecords = new AtomicLong();
  private final AtomicLong sentChangelogBytes = new AtomicLong();
  private final @Nullable Thread thread;
  private volatile boolean ends;

  private InternalTopicCounts() {
    this.thread = null;
  }

  InternalTopicCounts(LoadClient cluster, String prefix) {
    Thread counting = new Thread(() -> count(cluster, prefix), "internal-topics");
    counting.setDaemon(true);
    counting.start();
    this.thread = counting;
  }

  static InternalTopicCounts none() {
    return new InternalTopicCounts();
  }

  private void count(LoadClient cluster, String prefix) {
    Set<TopicPartition> assigned = new HashSet<>();
    try (KafkaConsumer<byte[], byte[]> consumer = cluster.reader()) {
      while (!ends) {
        List<TopicPartition> fresh = new ArrayList<>();
        for (String topic : cluster.topics(prefix)) {
          if (topic.endsWith("activity")
              || topic.endsWith("-repartition")
              || topic.endsWith("-changelog")) {
            fresh.addAll(LoadClient.partitions(consumer, topic));
          }
        }
        fresh.removeAll(assigned);
        if (!fresh.isEmpty()) {
          assigned.addAll(fresh);
          consumer.assign(assigned);
          consumer.seekToBeginning(fresh);
        }
        if (assigned.isEmpty()) {
          Thread.sleep(200);
          continue;
        }
        for (int polls = 0; polls < 20; polls++) {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            boolean changelog = record.topic().endsWith("-changelog");
            long bytes =
                (long) Math.max(0, record.serializedKeySize())
                    + Math.max(0, record.serializedValueSize());
            (changelog ? changelogBytes : streamBytes).addAndGet(bytes);
            (changelog ? changelogRecords : streamRecords).incrementAndGet();
          }
        }
      }
      sentChangelogBytes.set(
          cluster.bytesOf(
              cluster.topics(prefix).stream()
                  .filter(topic -> topic.endsWith("-changelog"))
                  .toList()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("could not count the records of the internal topics", e);
    }
  }

  long records() {
    return streamRecords.get() + changelogRecords.get();
  }

  long streamBytes() {
    return streamBytes.get();
  }

  long streamRecords() {
    return streamRecords.get();
  }

  long changelogBytes() {
    return changelogBytes.get();
  }

  long changelogRecords() {
    return changelogRecords.get();
  }

  /**
   * Returns the size of the changelogs on the broker, in bytes of compressed batches. It is 0 until
   * this object is closed.
   */
  long sentChangelogBytes() {
    return sentChangelogBytes.get();
  }

  @Override
  public void close() throws InterruptedException {
    ends = true;
    Thread counting = thread;
    if (counting != null) {
      counting.join();
    }
  }
}
