package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.TaskMetadata;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.Test;

class TaskProgressTest {
  private static final TopicPartition PARTITION = new TopicPartition("activity", 3);

  private long now;
  private final TaskProgress progress = new TaskProgress(() -> now);

  @Test
  void standsStill_whereMoreIsThereAndNothingIsCommitted() {
    look(10, 12);
    pass(14);
    look(10, 20);
    assertThat(progress.longest()).isNull();
    pass(2);
    assertThat(progress.longest())
        .hasToString(
            "activity-3 has not moved from offset 10 for 16 s, with at least 10 records not committed");
  }

  @Test
  void doesNotStandStill_withEachCommit() {
    for (int i = 0; i < 10; i++) {
      look(i, 100);
      pass(14);
    }
    assertThat(progress.longest()).isNull();
  }

  @Test
  void doesNotStandStill_whereThereIsNothingToRead_orTheTaskHasGone() {
    look(-1, 0);
    pass(600);
    look(10, 10);
    pass(600);
    assertThat(progress.longest()).as("all is committed, and nobody looked").isNull();
    look(10, 11);
    assertThat(progress.longest()).isNull();
    pass(600);
    progress.look(List.of());
    assertThat(progress.longest()).isNull();
    assertThat(progress.assigned()).isEmpty();
  }

  @Test
  void standsStill_withItsLastRecordUncommitted() {
    look(10, 11);
    pass(16);
    look(10, 11);
    assertThat(progress.longest())
        .hasToString(
            "activity-3 has not moved from offset 10 for 16 s, with at least 1 record not committed");
  }

  @Test
  void standsStill_whereNothingWasCommittedSinceTheStart() {
    look(-1, 5_000);
    pass(16);
    look(-1, 6_000);
    assertThat(progress.longest())
        .hasToString("activity-3 has had records for 16 s, but none was committed since the start");
  }

  @Test
  void isNotStuck_untilTheClusterWasWellForAsLong() {
    Duration least = Duration.ofMinutes(5);
    look(10, 12);
    pass(299);
    assertThat(progress.stuckFor(least)).isNull();
    pass(1);
    assertThat(progress.stuckFor(least)).as("nothing was wrong outside").isNotNull();
    progress.recordProblem();
    assertThat(progress.stuckFor(least)).as("the cluster was away").isNull();
    assertThat(progress.longest()).as("it is not ready all the same").isNotNull();
    pass(299);
    assertThat(progress.stuckFor(least)).isNull();
    pass(1);
    assertThat(progress.stuckFor(least)).isNotNull();
  }

  @Test
  void countsPolledRecordsThatAreNotCommitted() {
    assertThat(TaskProgress.polled(List.of(new Task(10, 12), new Task(12, 12), new Task(-1, 9))))
        .isEqualTo(Map.of("activity", 2L));
  }

  private void pass(int seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }

  private void look(long committed, long end) {
    progress.look(List.of(new Task(committed, end)));
  }

  /**
   * Task as Kafka Streams reports it: its end offset is that of the last polled record.
   *
   * @param end offset after the last polled record
   */
  private record Task(long committed, long end) implements TaskMetadata {
    @Override
    public TaskId taskId() {
      return new TaskId(0, PARTITION.partition());
    }

    @Override
    public Set<TopicPartition> topicPartitions() {
      return Set.of(PARTITION);
    }

    @Override
    public Map<TopicPartition, Long> committedOffsets() {
      return Map.of(PARTITION, committed);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets() {
      return Map.of(PARTITION, end - 1);
    }

    @Override
    public Optional<Long> timeCurrentIdlingStarted() {
      return Optional.empty();
    }
  }
}
