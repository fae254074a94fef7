package dev.lockstep.app.kafka;

import dev.lockstep.app.terminal.DisplayFormat;
import java.util.HashMap;
import java.util.HashSet;
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
 * Check for Kafka records that were removed from the changelogs of the role {@code detect}.
 * Compaction does not change the first offset of a partition. So a first offset above 0 shows that
 * retention or a person removed records. State that is restored from such a changelog is
 * incomplete, without an error. For one thread.
 */
final class RemovedState {
  private final Map<TopicPartition, Long> known = new HashMap<>();

  /**
   * Returns a message about records that were removed from changelogs since the last call, or null
   * if there are none. The first call tells of all that were ever removed.
   */
  @Nullable String look(Admin admin, Set<String> changelogs)
      throws ExecutionException, InterruptedException {
    Set<TopicPartition> partitions = new HashSet<>();
    admin
        .describeTopics(changelogs)
        .allTopicNames()
        .get()
        .forEach(
            (name, topic) ->
                topic
                    .partitions()
                    .forEach(each -> partitions.add(new TopicPartition(name, each.partition()))));
    return look(TopicAdmin.offsets(admin, partitions, OffsetSpec.earliest()));
  }

  /**
   * Returns a message about records that were removed from changelogs since the last call, or null
   * if there are none.
   *
   * @param first first offset of each partition of the changelogs
   */
  @Nullable String look(Map<TopicPartition, Long> first) {
    Set<String> partitions = new TreeSet<>();
    Set<String> topics = new TreeSet<>();
    first.forEach(
        (partition, offset) -> {
          Long before = known.put(partition, offset);
          if (offset > (before == null ? 0 : before)) {
            partitions.add(partition.toString());
            topics.add(partition.topic());
          }
        });
    return partitions.isEmpty()
        ? null
        : "records of the %1$s %2$s were removed by retention or by hand, so state that is restored from the %1$s is incomplete (%3$s); set cleanup.policy of the %1$s to compact, and see \"Rebuild\" in docs/operations.md"
            .formatted(
                topics.size() == 1 ? "changelog" : "changelogs",
                Topics.names(topics.stream()),
                DisplayFormat.first(3, List.copyOf(partitions)));
  }
}
