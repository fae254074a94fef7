package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final TopicPartition A = new TopicPartition("t", 0);
  private static final TopicPartition B = new TopicPartition("t", 1);

  private final Ledger ledger = new Ledger();

  @Test
  void commitsUpToTheFirstOutstandingRecord() {
    ledger.read(A, 5);
    ledger.read(A, 6);
    ledger.read(A, 9);
    ledger.settle(A, 6);
    ledger.settle(A, 9);
    assertThat(ledger.committable(new PeriodBook())).isEmpty();
    ledger.settle(A, 5);
    assertThat(ledger.committable(new PeriodBook())).containsExactly(at(A, 10));
  }

  @Test
  void commitsNothingTwice() {
    ledger.read(A, 0);
    ledger.settle(A, 0);
    ledger.committed(ledger.committable(new PeriodBook()));
    assertThat(ledger.committable(new PeriodBook())).isEmpty();
  }

  @Test
  void passesWhatIsNoRecord_onlyBehindWhatIsSettled() {
    ledger.read(A, 3);
    ledger.passed(A, 8);
    ledger.passed(B, 4);
    assertThat(ledger.committable(new PeriodBook())).containsExactly(at(B, 4));
    ledger.settle(A, 3);
    assertThat(ledger.committable(new PeriodBook())).contains(at(A, 8));
  }

  @Test
  void forgetsPartitionsThatWereTakenAway() {
    ledger.read(A, 3);
    ledger.forget(List.of(A));
    ledger.settle(A, 3);
    ledger.committed(Map.of(A, new OffsetAndMetadata(4)));
    assertThat(ledger.isOutstanding(A, 3)).isFalse();
    assertThat(ledger.committable(new PeriodBook())).isEmpty();
  }

  private static Map.Entry<TopicPartition, OffsetAndMetadata> at(TopicPartition partition, long o) {
    return Map.entry(partition, new OffsetAndMetadata(o));
  }
}
