package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class QuotaStateTest {
  private static final TopicPartition A = new TopicPartition("lockstep.detections", 0);
  private static final TopicPartition B = new TopicPartition("lockstep.detections", 1);

  private final QuotaState quotaState = new QuotaState();

  private static Period hour(String rule, long hour) {
    return new Period(rule, 1, hour);
  }

  private static Instant at(long hour) {
    return Instant.ofEpochSecond(hour * 3_600);
  }

  private static PeriodCount held(String rule, long hour, String id) {
    return new PeriodCount(hour(rule, hour), 0, 0, 1, Severity.Medium, 3, List.of(id));
  }

  private static QuotaState restarted(String metadata) {
    QuotaState other = new QuotaState();
    other.restore(A, metadata);
    return other;
  }

  @Test
  void commitsWhatTheOffsetHasPassed_andNoMore() {
    quotaState.record(A, 10, held("r", 7, "a"));
    quotaState.record(A, 11, held("r", 7, "b"));
    quotaState.record(A, 12, held("r", 7, "c"));
    assertThat(quotaState.total(hour("r", 7)).held()).isEqualTo(3);
    assertThat(restarted(quotaState.metadata(A, 12)).total(hour("r", 7)))
        .isEqualTo(new PeriodCount(hour("r", 7), 0, 0, 2, Severity.Medium, 3, List.of("a", "b")));
    assertThat(restarted(quotaState.metadata(A, 13)).total(hour("r", 7)).held()).isEqualTo(3);
    assertThat(quotaState.total(hour("r", 7)).held()).isEqualTo(3);
  }

  @Test
  void addsUpPartitions_thoughOneHeldNothing() {
    quotaState.record(B, 1, held("r", 7, "a"));
    quotaState.record(A, 1, PeriodCount.sent(hour("r", 7), 4, 1_000));
    PeriodCount total = quotaState.heldBefore(at(8)).get(0);
    assertThat(total).extracting(PeriodCount::sent, PeriodCount::held).containsExactly(4, 1);
    assertThat(quotaState.holding(total.period())).containsExactly(B);
    quotaState.evictPast(at(8));
    assertThat(quotaState.heldBefore(at(8))).containsExactly(total);
    assertThat(quotaState.heldBefore(at(7))).isEmpty();
  }

  @Test
  void keepsAnHourAndADayOfTheSameRecordApart() {
    Period day = Period.day(at(7));
    quotaState.record(A, 1, PeriodCount.sent(hour("r", 7), 1, 700));
    quotaState.record(A, 1, PeriodCount.sent(day, 1, 700));
    quotaState.record(A, 2, PeriodCount.sent(day, 1, 300));
    QuotaState other = restarted(quotaState.metadata(A, 3));
    assertThat(other.total(hour("r", 7)).bytes()).isEqualTo(700);
    assertThat(other.total(day)).isEqualTo(PeriodCount.sent(day, 2, 1_000));
    quotaState.evictPast(at(8));
    assertThat(quotaState.total(hour("r", 7)).sent()).isZero();
    assertThat(quotaState.total(day).sent()).isEqualTo(2);
    quotaState.evictPast(at(24));
    assertThat(quotaState.total(day).sent()).isZero();
  }

  @Test
  void forgetsWhatWasTold_andAsksForACommit() {
    quotaState.record(A, 1, held("r", 7, "a"));
    quotaState.record(A, 2, held("s", 7, "b"));
    assertThat(quotaState.isChanged(A)).isFalse();
    quotaState.record(B, 1, held("r", 7, "c"));
    quotaState.reported(hour("r", 7), Set.of(A));
    assertThat(quotaState.isChanged(A)).isTrue();
    assertThat(quotaState.isChanged(B)).isFalse();
    assertThat(quotaState.total(hour("r", 7)).ids()).containsExactly("c");
    assertThat(restarted(quotaState.metadata(A, 3)).heldBefore(at(8)))
        .extracting(count -> count.period().scope())
        .containsExactly("s");
    quotaState.committed(A);
    assertThat(quotaState.isChanged(A)).isFalse();
  }

  @Test
  void staysWithinWhatABrokerTakes() {
    for (int i = 0; i < 500; i++) {
      quotaState.record(A, i, held("a-rule-with-a-rather-long-name-" + i, 7, "x".repeat(32)));
    }
    String metadata = quotaState.metadata(A, 500);
    assertThat(metadata.length()).isBetween(3_000, QuotaState.MOST_METADATA_BYTES);
    assertThat(restarted(metadata).heldBefore(at(8))).hasSizeGreaterThan(50);
  }

  @Test
  void commitsAsManyWholeCounts_asABrokerTakes_theBusiestFirst() {
    for (int i = 0; i < 500; i++) {
      for (int held = 0; held <= i % 7; held++) {
        quotaState.record(A, i, held("rule-" + i, 7, "x".repeat(32)));
      }
    }
    String metadata = quotaState.metadata(A, 500);
    List<PeriodCount> kept = restarted(metadata).heldBefore(at(8));
    assertThat(kept).hasSize(metadata.split("\n").length - 1).allMatch(one -> one.held() >= 6);
    int line = metadata.length() - metadata.lastIndexOf('\n');
    assertThat(metadata.length() + line).isGreaterThan(QuotaState.MOST_METADATA_BYTES - 3);
  }

  @Test
  void commitsNothing_whereOneCountIsLongerThanABrokerTakes() {
    quotaState.record(A, 1, held("r".repeat(QuotaState.MOST_METADATA_BYTES), 7, "a"));
    assertThat(quotaState.metadata(A, 2)).isEmpty();
  }

  @Test
  void passesOverWhatSomebodyElseHasCommitted() {
    assertThat(restarted("").heldBefore(at(99))).isEmpty();
    assertThat(restarted("by hand").heldBefore(at(99))).isEmpty();
    assertThat(
            restarted(
                    "lockstep-periods-1\n1 7 r 1 0 x Medium 3 -\n2 7 r 1 0 1 Medium 3 -\nnot ours")
                .heldBefore(at(99)))
        .isEmpty();
  }

  @Test
  void hasNothingToSay_whereNothingIsCapped() {
    assertThat(quotaState.metadata(A, 5)).isEmpty();
    quotaState.drop(Set.of(A, B));
  }
}
