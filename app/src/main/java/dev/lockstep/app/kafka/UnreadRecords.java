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
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Check for Kafka records of one topic that were removed before a consumer group had read them. The
 * topic is one of Lockstep's own. Retention or a person may have removed them. The group's
 * consumers continue at the first record that is left, and say nothing. For one thread.
 */
final class UnreadRecords {
  private final String group;
  private final String topic;
  private final Map<TopicPartition, Long> readUpTo = new HashMap<>();

  UnreadRecords(String group, String topic) {
    this.group = group;
    this.topic = topic;
  }

  /**
   * Returns a message about records that were removed before the group had read them, or null if
   * there are none. Only records that were removed since the last call count. At the first call
   * they are those from the group's committed offsets up to the first record that is left.
   *
   * <p>The number is an upper bound: the group may have read some of them after the last call.
   */
  @Nullable String look(Admin admin) throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> committed = new HashMap<>();
    admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get()
        .forEach(
            (partition, offset) -> {
              if (offset != null && partition.topic().equals(topic)) {
                committed.put(partition, offset.offset());
              }
            });
    return look(committed, TopicAdmin.offsets(admin, committed.keySet(), OffsetSpec.earliest()));
  }

  /**
   * Returns the message of {@link #look(Admin)} for given committed and first remaining offsets.
   */
  @Nullable String look(Map<TopicPartition, Long> committed, Map<TopicPartition, Long> first) {
    long removed = 0;
    Set<String> names = new TreeSet<>();
    for (Map.Entry<TopicPartition, Long> each : committed.entrySet()) {
      long left = first.getOrDefault(each.getKey(), 0L);
      long before = readUpTo.getOrDefault(each.getKey(), each.getValue());
      if (left > before) {
        removed += left - before;
        names.add(each.getKey().toString());
      }
      readUpTo.put(each.getKey(), Math.max(each.getValue(), left));
    }
    List<String> partitions = List.copyOf(names);
    return partitions.isEmpty()
        ? null
        : "up to %,d records of topic %s were removed before consumer group %s had read them, and are lost (%s); retention removed them, or somebody did: raise retention.ms of the topic, set its retention.bytes to -1, and look at what held the group up"
            .formatted(
                removed, Quoted.of(topic), Quoted.of(group), DisplayFormat.first(3, partitions));
  }
}
