package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.schemas.LastRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reader of the offset, time and hash of the first record at or after an offset. They show whether
 * a partition still has the record that was read last, or its topic was created again. The reader
 * is independent of others, and has no group.
 */
final class SingleRecords implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long TIMEOUT_NANOS = Duration.ofSeconds(5).toNanos();

  private final Consumer<byte[], byte[]> consumer;

  SingleRecords(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /**
   * Returns the first record at or after the given offset of each partition, as offset, time and
   * hash. A partition is left out if it has no such record, has lost the offset, or does not answer
   * within 5 seconds.
   */
  Map<TopicPartition, LastRecord> firstFrom(Map<TopicPartition, Long> offsets) {
    Map<TopicPartition, LastRecord> found = new HashMap<>();
    Map<TopicPartition, Long> left = new HashMap<>(offsets);
    begin(left);
    long until = System.nanoTime() + TIMEOUT_NANOS;
    while (!left.isEmpty() && System.nanoTime() - until < 0) {
      try {
        var records = consumer.poll(POLL);
        for (TopicPartition partition : records.partitions()) {
          found.putIfAbsent(partition, of(records.records(partition).get(0)));
          left.remove(partition);
        }
        consumer.pause(records.partitions());
      } catch (OffsetOutOfRangeException e) {
        left.keySet().removeAll(e.offsetOutOfRangePartitions().keySet());
        begin(left);
      }
    }
    consumer.assign(List.of());
    return found;
  }

  private void begin(Map<TopicPartition, Long> offsets) {
    consumer.assign(offsets.keySet());
    offsets.forEach(consumer::seek);
  }

  static LastRecord of(ConsumerRecord<byte[], byte[]> record) {
    byte[] body = record.value() == null ? new byte[0] : record.value();
    return new LastRecord(record.offset(), record.timestamp(), Fingerprint.of(body));
  }

  @Override
  public void close() {
    consumer.close();
  }
}
