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
        .hasToString("activity-3 has not moved from offset 10 for 16 s, with 10 unread records");
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
    look(10, 10);
    pass(600);
    look(10, 11);
    assertThat(progress.longest()).isNull();
    pass(600);
    progress.look(List.of());
    assertThat(progress.longest()).isNull();
    assertThat(progress.assigned()).isEmpty();
  }

  private void pass(int seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }

  private void look(long committed, long end) {
    progress.look(List.of(new Task(committed, end)));
  }

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
      return Map.of(PARTITION, end);
    }

    @Override
    public Optional<Long> timeCurrentIdlingStarted() {
      return Optional.empty();
    }
  }
}
