package dev.lockstep.app.kafka;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.schemas.text.Quoted;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Check for records of Lockstep's own topics that were removed before a consumer group had read
 * them. Retention or a person may have removed them. The check covers one topic, or the topics
 * between two stages. The group's consumers continue at the first record that is left, and say
 * nothing. For one thread.
 */
final class UnreadRecords {
  private final String group;
  private final Set<String> topics;
  private final boolean arePurged;
  private final Map<TopicPartition, Long> readUpTo = new HashMap<>();

  private UnreadRecords(String group, Set<String> topics, boolean arePurged) {
    this.group = group;
    this.topics = topics;
    this.arePurged = arePurged;
  }

  /** Returns the check of a topic from which Lockstep removes no records. */
  static UnreadRecords of(String group, String topic) {
    return new UnreadRecords(group, Set.of(topic), false);
  }

  /**
   * Returns the check of topics from which Kafka Streams removes the records that it has read. A
   * removed record counts as unread only while the group's committed offset is not after the
   * record.
   */
  static UnreadRecords ofPurged(String group, Set<String> topics) {
    return new UnreadRecords(group, topics, true);
  }

  /**
   * Returns a message about records that were removed before the group had read them, or null if
   * there are none. Only records that were removed since the last call count. In the first call,
   * all removed records from the group's committed offsets on count.
   *
   * <p>The number is an upper bound: the group may have read some of them after the last call.
   */
  @Nullable String look(Admin admin) throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> committed = committed(admin);
    Map<TopicPartition, Long> first =
        TopicAdmin.offsets(admin, committed.keySet(), OffsetSpec.earliest());
    List<TopicPartition> ahead =
        committed.keySet().stream()
            .filter(each -> first.getOrDefault(each, 0L) > committed.getOrDefault(each, 0L))
            .toList();
    if (arePurged && !ahead.isEmpty()) {
      // Of what Kafka Streams removed meanwhile, the commit may be pending; it is then left out.
      ahead.forEach(committed::remove);
      admin
          .listConsumerGroupOffsets(
              Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(ahead)),
              new ListConsumerGroupOffsetsOptions().requireStable(true))
          .partitionsToOffsetAndMetadata(group)
          .get()
          .forEach(
              (partition, offset) -> {
                if (offset != null) {
                  committed.put(partition, offset.offset());
                }
              });
    }
    return look(committed, first);
  }

  private Map<TopicPartition, Long> committed(Admin admin)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> committed = new HashMap<>();
    admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get()
        .forEach(
            (partition, offset) -> {
              if (offset != null && topics.contains(partition.topic())) {
                committed.put(partition, offset.offset());
              }
            });
    return committed;
  }

  /**
   * Returns a message about records that were removed before the group had read them, or null if
   * there are none. Does the same as {@link #look(Admin)}, with the given committed offsets and
   * first remaining offsets.
   */
  @Nullable String look(Map<TopicPartition, Long> committed, Map<TopicPartition, Long> first) {
    long removed = 0;
    Set<String> names = new TreeSet<>();
    Set<String> of = new TreeSet<>();
    for (Map.Entry<TopicPartition, Long> each : committed.entrySet()) {
      long left = first.getOrDefault(each.getKey(), 0L);
      long before = readUpTo.getOrDefault(each.getKey(), each.getValue());
      before = arePurged ? Math.max(before, each.getValue()) : before;
      if (left > before) {
        removed += left - before;
        names.add(each.getKey().toString());
        of.add(each.getKey().topic());
      }
      readUpTo.put(each.getKey(), Math.max(each.getValue(), left));
    }
    List<String> partitions = List.copyOf(names);
    return partitions.isEmpty()
        ? null
        : "records of %s %s were removed before consumer group %s had read them, and are lost (up to %s: %s); they were removed by retention or by hand; %s, and find out what delayed the group"
            .formatted(
                of.size() == 1 ? "topic" : "topics",
                Topics.names(of.stream()),
                Quoted.of(group),
                DisplayFormat.count(removed, "record"),
                DisplayFormat.first(3, partitions),
                arePurged
                    ? "set retention.ms and retention.bytes of the topics to -1"
                    : "raise retention.ms of the topic, set its retention.bytes to -1");
  }
}
