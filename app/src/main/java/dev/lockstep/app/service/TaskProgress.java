package dev.lockstep.app.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.TaskMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Progress of this instance's tasks: the committed offset of each input partition, and the time
 * since which it has not moved despite unread records.
 */
final class TaskProgress {
  /** Time without a commit after which a partition with unread records counts as stuck. */
  static final Duration STALLED_AFTER = Duration.ofSeconds(15);

  private final LongSupplier nanos;
  private final Map<TopicPartition, Mark> marks = new HashMap<>();

  /** Offsets of a partition, with the time since which its committed offset stands still. */
  private record Mark(long committed, long end, long sinceNanos) {
    boolean waitsAt(long offset) {
      return end > committed && committed == offset;
    }
  }

  /**
   * Standstill of an input partition.
   *
   * @param offset first offset that is not committed
   * @param left number of offsets from {@code offset} to the end, including {@code offset}
   */
  record Standstill(TopicPartition partition, long offset, long left, Duration since) {
    @Override
    public String toString() {
      return "%s has not moved from offset %d for %d s, with %d unread records"
          .formatted(partition, offset, since.toSeconds(), left);
    }
  }

  TaskProgress(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Records the committed offset and the end offset of each input partition of the active tasks.
   * For a partition with unread records, it keeps since when the committed offset has not moved.
   */
  synchronized void look(List<TaskMetadata> tasks) {
    long now = nanos.getAsLong();
    Map<TopicPartition, Mark> seen = new HashMap<>();
    for (TaskMetadata task : tasks) {
      for (TopicPartition partition : task.topicPartitions()) {
        long committed = task.committedOffsets().getOrDefault(partition, 0L);
        long end = task.endOffsets().getOrDefault(partition, 0L);
        Mark before = marks.get(partition);
        long since =
            end > committed && before != null && before.waitsAt(committed)
                ? before.sinceNanos()
                : now;
        seen.put(partition, new Mark(committed, end, since));
      }
    }
    marks.clear();
    marks.putAll(seen);
  }

  synchronized Set<TopicPartition> assigned() {
    return Set.copyOf(marks.keySet());
  }

  /**
   * Returns the longest standstill of an input partition, from {@link #STALLED_AFTER} on. It is
   * null if no partition stands still.
   */
  synchronized @Nullable Standstill longest() {
    long now = nanos.getAsLong();
    List<Standstill> still = new ArrayList<>();
    marks.forEach(
        (partition, mark) -> {
          Duration since = Duration.ofNanos(now - mark.sinceNanos());
          if (since.compareTo(STALLED_AFTER) >= 0) {
            still.add(new Standstill(partition, mark.committed, mark.end - mark.committed, since));
          }
        });
    return still.stream().max(Comparator.comparing(Standstill::since)).orElse(null);
  }
}
