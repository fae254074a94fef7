package dev.lockstep.app.service;

import dev.lockstep.app.terminal.DisplayFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.TaskMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Progress of this instance's tasks of {@code detect}: the committed offset of each input
 * partition, with the length of its standstill. Ingestion and forwarders are not in it. A
 * standstill is the time for which the offset has not moved while polled records wait to be
 * committed.
 */
final class TaskProgress {
  /** Time after which a partition counts as stuck if no polled record of it is committed. */
  static final Duration STALLED_AFTER = Duration.ofSeconds(15);

  private final LongSupplier nanos;
  private final Map<TopicPartition, Mark> marks = new HashMap<>();
  private boolean hadProblem;
  private long problemNanos;

  /**
   * Offsets of a partition, with the time since which its committed offset stands still.
   *
   * @param committed first offset that is not committed; -1 if none is committed since the start
   * @param polled offset of the last record that was polled, or -1
   */
  private record Mark(long committed, long polled, long sinceNanos) {
    static Mark of(TaskMetadata task, TopicPartition partition, long now) {
      return new Mark(
          task.committedOffsets().getOrDefault(partition, -1L),
          task.endOffsets().getOrDefault(partition, -1L), // not the end: what was polled last
          now);
    }

    boolean waits() {
      return polled >= 0 && polled >= committed;
    }

    /**
     * Returns how many Kafka records of the partition were polled and are not committed, or 0 if
     * the number is unknown. It is unknown until an offset is committed after the start.
     */
    long left() {
      return waits() && committed >= 0 ? polled + 1 - committed : 0;
    }

    Mark after(@Nullable Mark before) {
      return waits() && before != null && before.waits() && before.committed == committed
          ? new Mark(committed, polled, before.sinceNanos)
          : this;
    }
  }

  /**
   * Input partition whose committed offset has not moved for a time, although further records were
   * polled.
   *
   * @param offset first offset that is not committed; -1 if none is committed since the start
   * @param left number of polled records that are not committed; 0 if it is unknown
   * @param since time for which the committed offset has not moved
   */
  record Standstill(TopicPartition partition, long offset, long left, Duration since) {
    @Override
    public String toString() {
      return offset < 0
          ? "%s has had records for %d s, but none was committed since the start"
              .formatted(partition, since.toSeconds())
          : "%s has not moved from offset %d for %d s, with at least %s not committed"
              .formatted(partition, offset, since.toSeconds(), DisplayFormat.count(left, "record"));
    }
  }

  TaskProgress(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Records the committed offset and the last polled offset of each input partition of the active
   * tasks. While polled records are not committed, the time since which the committed offset has
   * not moved is kept.
   */
  synchronized void look(List<TaskMetadata> tasks) {
    long now = nanos.getAsLong();
    Map<TopicPartition, Mark> seen = new HashMap<>();
    for (TaskMetadata task : tasks) {
      for (TopicPartition partition : task.topicPartitions()) {
        seen.put(partition, Mark.of(task, partition, now).after(marks.get(partition)));
      }
    }
    marks.clear();
    marks.putAll(seen);
  }

  static Map<String, Long> polled(Collection<TaskMetadata> tasks) {
    Map<String, Long> left = new TreeMap<>();
    for (TaskMetadata task : tasks) {
      for (TopicPartition partition : task.topicPartitions()) {
        left.merge(partition.topic(), Mark.of(task, partition, 0).left(), Long::sum);
      }
    }
    return left;
  }

  synchronized Set<TopicPartition> assigned() {
    return Set.copyOf(marks.keySet());
  }

  /**
   * Returns the longest standstill of an input partition, or null if no standstill has lasted for
   * {@link #STALLED_AFTER}.
   */
  synchronized @Nullable Standstill longest() {
    long now = nanos.getAsLong();
    List<Standstill> still = new ArrayList<>();
    marks.forEach(
        (partition, mark) -> {
          Duration since = Duration.ofNanos(now - mark.sinceNanos());
          if (mark.waits() && since.compareTo(STALLED_AFTER) >= 0) {
            still.add(new Standstill(partition, mark.committed, mark.left(), since));
          }
        });
    return still.stream().max(Comparator.comparing(Standstill::since)).orElse(null);
  }

  synchronized void recordProblem() {
    hadProblem = true;
    problemNanos = nanos.getAsLong();
  }

  /**
   * Returns the longest standstill of an input partition, or null if it is shorter than a given
   * time. The result is also null if there was a problem outside the process within that time.
   * After a problem outside, tasks need a while until they make progress again.
   */
  synchronized @Nullable Standstill stuckFor(Duration least) {
    boolean isWell = !hadProblem || nanos.getAsLong() - problemNanos >= least.toNanos();
    Standstill still = longest();
    return isWell && still != null && still.since().compareTo(least) >= 0 ? still : null;
  }
}
