package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class QuotaCountsTest {
  private static final TopicPartition A = new TopicPartition("lockstep.detections", 0);
  private static final TopicPartition B = new TopicPartition("lockstep.detections", 1);

  private final QuotaCounts quotaCounts = new QuotaCounts();

  private static Period hour(String rule, long hour) {
    return new Period(rule, 1, hour);
  }

  private static Instant at(long hour) {
    return Instant.ofEpochSecond(hour * 3_600);
  }

  private static PeriodCount held(String rule, long hour, String id) {
    return new PeriodCount(hour(rule, hour), 0, 0, 1, Severity.Medium, 3, List.of(id));
  }

  private static QuotaCounts restarted(String metadata) {
    QuotaCounts other = new QuotaCounts();
    other.restore(A, metadata);
    return other;
  }

  @Test
  void commitsWhatTheOffsetHasPassed_andNoMore() {
    quotaCounts.record(A, 10, held("r", 7, "a"));
    quotaCounts.record(A, 11, held("r", 7, "b"));
    quotaCounts.record(A, 12, held("r", 7, "c"));
    assertThat(quotaCounts.total(hour("r", 7)).held()).isEqualTo(3);
    assertThat(restarted(quotaCounts.metadata(A, 12)).total(hour("r", 7)))
        .isEqualTo(new PeriodCount(hour("r", 7), 0, 0, 2, Severity.Medium, 3, List.of("a", "b")));
    assertThat(restarted(quotaCounts.metadata(A, 13)).total(hour("r", 7)).held()).isEqualTo(3);
    assertThat(quotaCounts.total(hour("r", 7)).held()).isEqualTo(3);
  }

  @Test
  void addsUpPartitions_thoughOneHeldNothing() {
    quotaCounts.record(B, 1, held("r", 7, "a"));
    quotaCounts.record(A, 1, PeriodCount.sent(hour("r", 7), 4, 1_000));
    PeriodCount total = quotaCounts.heldBefore(at(8)).get(0);
    assertThat(total).extracting(PeriodCount::sent, PeriodCount::held).containsExactly(4, 1);
    assertThat(quotaCounts.holding(total.period())).containsExactly(B);
    quotaCounts.evictPast(at(8));
    assertThat(quotaCounts.heldBefore(at(8))).containsExactly(total);
    assertThat(quotaCounts.heldBefore(at(7))).isEmpty();
  }

  @Test
  void keepsAnHourAndADayOfTheSameRecordApart() {
    Period day = Period.day(at(7));
    quotaCounts.record(A, 1, PeriodCount.sent(hour("r", 7), 1, 700));
    quotaCounts.record(A, 1, PeriodCount.sent(day, 1, 700));
    quotaCounts.record(A, 2, PeriodCount.sent(day, 1, 300));
    QuotaCounts other = restarted(quotaCounts.metadata(A, 3));
    assertThat(other.total(hour("r", 7)).bytes()).isEqualTo(700);
    assertThat(other.total(day)).isEqualTo(PeriodCount.sent(day, 2, 1_000));
    quotaCounts.evictPast(at(8));
    assertThat(quotaCounts.total(hour("r", 7)).sent()).isZero();
    assertThat(quotaCounts.total(day).sent()).isEqualTo(2);
    quotaCounts.evictPast(at(24));
    assertThat(quotaCounts.total(day).sent()).isZero();
  }

  @Test
  void forgetsWhatWasTold_andAsksForACommit() {
    quotaCounts.record(A, 1, held("r", 7, "a"));
    quotaCounts.record(A, 2, held("s", 7, "b"));
    assertThat(quotaCounts.isChanged(A)).isFalse();
    quotaCounts.record(B, 1, held("r", 7, "c"));
    quotaCounts.dropReported(hour("r", 7), Set.of(A));
    assertThat(quotaCounts.isChanged(A)).isTrue();
    assertThat(quotaCounts.isChanged(B)).isFalse();
    assertThat(quotaCounts.total(hour("r", 7)).ids()).containsExactly("c");
    assertThat(restarted(quotaCounts.metadata(A, 3)).heldBefore(at(8)))
        .extracting(count -> count.period().scope())
        .containsExactly("s");
    quotaCounts.committed(A);
    assertThat(quotaCounts.isChanged(A)).isFalse();
  }

  @Test
  void staysWithinWhatABrokerTakes() {
    for (int i = 0; i < 500; i++) {
      quotaCounts.record(A, i, held("a-rule-with-a-rather-long-name-" + i, 7, "x".repeat(32)));
    }
    String metadata = quotaCounts.metadata(A, 500);
    assertThat(metadata.length()).isBetween(3_000, QuotaCounts.MOST_METADATA_BYTES);
    assertThat(restarted(metadata).heldBefore(at(8))).hasSizeGreaterThan(50);
  }

  @Test
  void commitsAsManyWholeCounts_asABrokerTakes_theBusiestFirst() {
    for (int i = 0; i < 500; i++) {
      for (int held = 0; held <= i % 7; held++) {
        quotaCounts.record(A, i, held("rule-" + i, 7, "x".repeat(32)));
      }
    }
    String metadata = quotaCounts.metadata(A, 500);
    List<PeriodCount> kept = restarted(metadata).heldBefore(at(8));
    assertThat(kept).hasSize(metadata.split("\n").length - 1).allMatch(one -> one.held() >= 6);
    int line = metadata.length() - metadata.lastIndexOf('\n');
    assertThat(metadata.length() + line).isGreaterThan(QuotaCounts.MOST_METADATA_BYTES - 3);
  }

  @Test
  void commitsNothing_whereOneCountIsLongerThanABrokerTakes() {
    quotaCounts.record(A, 1, held("r".repeat(QuotaCounts.MOST_METADATA_BYTES), 7, "a"));
    assertThat(quotaCounts.metadata(A, 2)).isEmpty();
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
    assertThat(quotaCounts.metadata(A, 5)).isEmpty();
    quotaCounts.drop(Set.of(A, B));
  }
}
