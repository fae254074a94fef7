package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.text.Quoted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Member of the forwarder's consumer group, which reads detections and commits each partition up to
 * the first undelivered record.
 *
 * <p>The member stays in the group while reading is paused.
 */
final class GroupMember implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupMember.class);
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final String sink;
  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
  private final OffsetTracker offsetTracker = new OffsetTracker();
  private final QuotaCounts quotaCounts;
  private final Consumer<Collection<TopicPartition>> onLoss;
  private final Set<TopicPartition> fresh = new HashSet<>();
  private final Set<TopicPartition> ours = new HashSet<>();
  private boolean reassigned;
  private String topic = "";
  private int partitions;

  GroupMember(
      String sink,
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      QuotaCounts quotaCounts,
      Consumer<Collection<TopicPartition>> onLoss) {
    this.sink = sink;
    this.consumer = consumer;
    this.quotaCounts = quotaCounts;
    this.onLoss = onLoss;
  }

  String sink() {
    return sink;
  }

  void join(String topic) {
    this.topic = topic;
    consumer.subscribe(List.of(topic), new Assignments());
  }

  /**
   * Returns the next records of the topic, and waits for the first of them up to a timeout. A
   * partition is not committed beyond a returned record until {@link #complete} is called for that
   * record.
   */
  ConsumerRecords<byte[], byte[]> read(Duration timeout) {
    readCommittedAfterRebalance();
    consumer.resume(consumer.assignment());
    ConsumerRecords<byte[], byte[]> records = consumer.poll(timeout);
    if (records.isEmpty() && reassigned) {
      readCommittedAfterRebalance();
      consumer.resume(consumer.assignment());
      records = consumer.poll(timeout);
    }
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (offsetTracker.read(partition(record), record.offset())) {
        LOG.warn(
            "the partition {} continues at offset {}, which is below offsets that were read before,"
                + " because the topic was deleted and created again, or truncated; the forwarder to"
                + " {} sends the detections that the topic has now",
            partition(record),
            record.offset(),
            sink);
      }
    }
    // Aborted records and transaction markers may follow the last record.
    records
        .nextOffsets()
        .forEach((partition, next) -> offsetTracker.passed(partition, next.offset()));
    return records;
  }

  private void readCommittedAfterRebalance() {
    if (!reassigned) {
      return;
    }
    Set<TopicPartition> all = new HashSet<>(ours);
    consumer
        .partitionsFor(topic, COMMIT_TIMEOUT)
        .forEach(one -> all.add(new TopicPartition(one.topic(), one.partition())));
    partitions = all.size();
    List<String> elsewhere = new ArrayList<>();
    consumer
        .committed(all, COMMIT_TIMEOUT)
        .forEach(
            (partition, committed) -> {
              if (committed == null) {
                return;
              }
              if (fresh.contains(partition)) {
                offsetTracker.begin(partition, committed.offset());
                quotaCounts.restore(partition, committed.metadata());
              } else if (!ours.contains(partition)) {
                elsewhere.add(committed.metadata());
              }
            });
    quotaCounts.restoreElsewhere(elsewhere);
    fresh.clear();
    reassigned = false;
  }

  SendQuota.Share share() {
    return new SendQuota.Share(ours.size(), partitions);
  }

  /**
   * Keeps a partition from being committed beyond the given offset until {@link #complete} is
   * called for that offset. The offset is negative for a row that reports held back rows, because
   * no record of the topic stands for it; nothing of the partition is committed until then.
   */
  void owe(TopicPartition partition, long offset) {
    offsetTracker.read(partition, offset);
  }

  /** Polls with all partitions paused, so that the member stays in the group. */
  void serve() {
    try {
      consumer.pause(consumer.assignment());
      ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ZERO);
      if (!records.isEmpty()) {
        throw new IllegalStateException(
            "paused partitions returned " + records.count() + " records");
      }
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      LOG.debug(
          "the forwarder to {} could not poll to stay in its consumer group; it tries again",
          sink,
          e);
    }
  }

  boolean isOutstanding(TopicPartition partition, long offset) {
    return offsetTracker.isOutstanding(partition, offset);
  }

  void complete(TopicPartition partition, long offset) {
    offsetTracker.complete(partition, offset);
  }

  /**
   * Commits each partition up to its first record that {@link #complete} has not been called for.
   * The next commit repeats a failed one, for the partitions that are still assigned.
   */
  void commit() {
    Map<TopicPartition, OffsetAndMetadata> offsets = offsetTracker.committable(quotaCounts);
    if (offsets.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(offsets, COMMIT_TIMEOUT);
      offsetTracker.committed(offsets);
      offsets.keySet().forEach(quotaCounts::committed);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      LOG.warn(
          "could not commit the offsets of the partitions {} for the forwarder to {} ({}); the next"
              + " commit includes these offsets; if this instance stops or loses the partitions"
              + " before that commit, the next reader of the partitions sends some detections a"
              + " second time",
          offsets.keySet(),
          sink,
          Quoted.excerpt(String.valueOf(e), 300));
    }
  }

  /**
   * Closes the consumer and leaves its group at once, so that other members take the partitions.
   * Kafka would otherwise keep a member with a {@code group.instance.id} in the group until its
   * session times out.
   */
  @Override
  public void close() {
    consumer.close(
        CloseOptions.timeout(CLOSE_TIMEOUT)
            .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
  }

  static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  /**
   * Listener that pauses newly assigned partitions until their offsets are read, and drops the
   * state of revoked ones.
   */
  private final class Assignments implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        LOG.info("the forwarder to {} starts to read {}", sink, partitions);
      }
      consumer.pause(partitions); // until the metadata of their offsets is read
      fresh.addAll(partitions);
      ours.addAll(partitions);
      reassigned = true;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        LOG.info("the forwarder to {} stops reading {}", sink, partitions);
      }
      offsetTracker.drop(partitions);
      quotaCounts.drop(partitions);
      fresh.removeAll(partitions);
      ours.removeAll(partitions);
      reassigned = true;
      onLoss.accept(partitions);
    }
  }
}
