package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.source.SourceHealth;
import dev.lockstep.schemas.LastRecord;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Check by topic id, or by the last record that was read, whether the topic of a source was deleted
 * and created again. It closes the partitions of such a topic.
 */
final class TopicIdentity implements AutoCloseable {
  /**
   * Name under which {@link SourceHealth} records a problem of the source's topic. The names for
   * partitions end in a number.
   */
  static final String TOPIC = "topic";

  private static final long TOPIC_MILLIS = 5_000;

  private final String topic;
  private final KafkaClients clients;
  private final SourceHealth health;
  private final KafkaIngest.Problems problems;
  private final InstantSource clock;
  private @Nullable TopicIds ids;
  private @Nullable SingleRecords records;
  private long topicAt;
  private boolean wasGone;

  TopicIdentity(
      String topic,
      KafkaClients clients,
      SourceHealth health,
      KafkaIngest.Problems problems,
      InstantSource clock) {
    this.topic = topic;
    this.clients = clients;
    this.health = health;
    this.problems = problems;
    this.clock = clock;
  }

  /** Returns the id of the topic, or null if the cluster has no ids. */
  @Nullable String id() {
    if (ids == null) {
      ids = clients.topicIds();
    }
    return ids.of(topic);
  }

  /** Reports that the topic does not exist, or that its id could not be read. */
  void reportUnknown(KafkaException e) {
    problems.report(
        TOPIC,
        e instanceof UnknownTopicOrPartitionException
            ? "the topic "
                + topic
                + " does not exist; create it, or correct its name; this source waits for it"
            : "could not read the id of topic " + topic + whyUnread(e),
        e);
  }

  private static String whyUnread(KafkaException e) {
    String refusal = KafkaRefusal.of(e);
    return refusal.isEmpty()
        ? " (%s); check that the source's brokers answer; this source tries again by itself"
            .formatted(e.getClass().getSimpleName())
        : refusal;
  }

  /** Returns the reader of single records of the topic. */
  SingleRecords records() {
    if (records == null) {
      records = new SingleRecords(clients.single());
    }
    return records;
  }

  /**
   * Closes partitions whose topic was deleted and created again since they were opened.
   *
   * <p>Topic ids never repeat. If a topic has the same id as at opening, all records polled in
   * between belong to it. The ids are therefore checked before anything polled is written, and no
   * record of another topic is committed under the position of the opened topic. In a cluster
   * without ids the last record is read again from time to time.
   */
  void check(Consumer<byte[], byte[]> source, List<PartitionIngest> open, boolean polled) {
    boolean due = clock.millis() >= topicAt;
    boolean byId = open.stream().anyMatch(PartitionIngest::hasTopicId);
    if (open.isEmpty() || !(due || (polled && byId))) {
      return;
    }
    topicAt = clock.millis() + TOPIC_MILLIS;
    try {
      String now = id();
      health.clear(TOPIC);
      Set<PartitionIngest> others = new LinkedHashSet<>(open);
      others.removeIf(partition -> partition.isOf(now));
      if (now != null) {
        open.forEach(PartitionIngest::addLastRecord);
      } else {
        others.addAll(wasGone ? open : changed(open));
      }
      wasGone = false;
      for (PartitionIngest partition : others) {
        close(source, partition);
      }
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (UnknownTopicOrPartitionException e) {
      wasGone = true; // the polled records are of the topic that was deleted
    } catch (KafkaException e) {
      reportUnknown(e);
      if (polled && byId) {
        open.forEach(partition -> close(source, partition));
      }
    }
  }

  private static void close(Consumer<byte[], byte[]> source, PartitionIngest partition) {
    partition.close();
    source.pause(List.of(partition.partition()));
  }

  /**
   * Returns the open partitions whose log now has a different record at the offset of the last
   * known record. Confirms each partition whose record is the same.
   */
  private List<PartitionIngest> changed(List<PartitionIngest> open) {
    Map<TopicPartition, Long> asked = new HashMap<>();
    for (PartitionIngest partition : open) {
      LastRecord read = partition.knownRecord();
      if (read != null) {
        asked.put(partition.partition(), read.getOffset());
      }
    }
    Map<TopicPartition, LastRecord> found = asked.isEmpty() ? Map.of() : records().firstFrom(asked);
    List<PartitionIngest> changed = new ArrayList<>();
    for (PartitionIngest partition : open) {
      LastRecord read = partition.knownRecord();
      LastRecord now = found.get(partition.partition());
      if (read != null && read.equals(now)) {
        partition.addLastRecord();
      } else if (read != null && now != null && now.getOffset() == read.getOffset()) {
        changed.add(partition);
      }
    }
    return changed;
  }

  @Override
  public void close() {
    if (ids != null) {
      ids.close();
      ids = null;
    }
    if (records != null) {
      records.close();
      records = null;
    }
  }
}
