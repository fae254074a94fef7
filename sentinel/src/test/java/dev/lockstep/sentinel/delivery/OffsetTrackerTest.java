package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class OffsetTrackerTest {
  private static final TopicPartition A = new TopicPartition("t", 0);
  private static final TopicPartition B = new TopicPartition("t", 1);

  private final OffsetTracker offsetTracker = new OffsetTracker();

  @Test
  void commitsUpToTheFirstOutstandingRecord() {
    offsetTracker.read(A, 5);
    offsetTracker.read(A, 6);
    offsetTracker.read(A, 9);
    offsetTracker.complete(A, 6);
    offsetTracker.complete(A, 9);
    assertThat(offsetTracker.committable(new QuotaCounts())).isEmpty();
    offsetTracker.complete(A, 5);
    assertThat(offsetTracker.committable(new QuotaCounts())).containsExactly(at(A, 10));
  }

  @Test
  void commitsNothingTwice() {
    offsetTracker.read(A, 0);
    offsetTracker.complete(A, 0);
    offsetTracker.committed(offsetTracker.committable(new QuotaCounts()));
    assertThat(offsetTracker.committable(new QuotaCounts())).isEmpty();
  }

  @Test
  void passesWhatIsNoRecord_onlyBehindWhatIsSettled() {
    offsetTracker.read(A, 3);
    offsetTracker.passed(A, 8);
    offsetTracker.passed(B, 4);
    assertThat(offsetTracker.committable(new QuotaCounts())).containsExactly(at(B, 4));
    offsetTracker.complete(A, 3);
    assertThat(offsetTracker.committable(new QuotaCounts())).contains(at(A, 8));
  }

  @Test
  void commitsFromTheLowerOffset_whereATopicWasMadeAnew() {
    offsetTracker.begin(A, 500);
    assertThat(offsetTracker.read(A, 500)).isFalse();
    assertThat(offsetTracker.read(A, 0)).isTrue();
    assertThat(offsetTracker.read(A, 1)).isFalse();
    offsetTracker.complete(A, 0);
    assertThat(offsetTracker.committable(new QuotaCounts())).containsExactly(at(A, 1));
    offsetTracker.complete(A, 1);
    assertThat(offsetTracker.isOutstanding(A, 500)).as("still to be sent").isTrue();
    assertThat(offsetTracker.committable(new QuotaCounts())).containsExactly(at(A, 2));
  }

  @Test
  void holdsAPartitionBack_whileItOwesARowThatIsNoRecord() {
    offsetTracker.begin(A, 5);
    offsetTracker.read(A, 5);
    assertThat(offsetTracker.read(A, -1)).isFalse();
    offsetTracker.complete(A, 5);
    assertThat(offsetTracker.committable(new QuotaCounts())).isEmpty();
    offsetTracker.complete(A, -1);
    assertThat(offsetTracker.committable(new QuotaCounts())).containsExactly(at(A, 6));
  }

  @Test
  void forgetsPartitionsThatWereTakenAway() {
    offsetTracker.read(A, 3);
    offsetTracker.drop(List.of(A));
    offsetTracker.complete(A, 3);
    offsetTracker.committed(Map.of(A, new OffsetAndMetadata(4)));
    assertThat(offsetTracker.isOutstanding(A, 3)).isFalse();
    assertThat(offsetTracker.committable(new QuotaCounts())).isEmpty();
  }

  private static Map.Entry<TopicPartition, OffsetAndMetadata> at(TopicPartition partition, long o) {
    return Map.entry(partition, new OffsetAndMetadata(o));
  }
}
