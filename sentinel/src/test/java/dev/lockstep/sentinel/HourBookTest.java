package dev.lockstep.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class HourBookTest {
  private static final TopicPartition A = new TopicPartition("lockstep.detections", 0);
  private static final TopicPartition B = new TopicPartition("lockstep.detections", 1);

  private final HourBook book = new HourBook();

  private static HourCount held(String rule, long hour, String id) {
    return new HourCount(rule, hour, 0, 1, Severity.Medium, 3, List.of(id));
  }

  private static HourBook restarted(String metadata) {
    HourBook other = new HourBook();
    other.remember(A, metadata);
    return other;
  }

  @Test
  void commitsWhatTheOffsetHasPassed_andNoMore() {
    book.note(A, 10, held("r", 7, "a"));
    book.note(A, 11, held("r", 7, "b"));
    book.note(A, 12, held("r", 7, "c"));
    assertThat(book.total("r", 7).held()).isEqualTo(3);
    assertThat(restarted(book.metadata(A, 12)).total("r", 7))
        .isEqualTo(new HourCount("r", 7, 0, 2, Severity.Medium, 3, List.of("a", "b")));
    assertThat(restarted(book.metadata(A, 13)).total("r", 7).held()).isEqualTo(3);
    assertThat(book.total("r", 7).held()).isEqualTo(3);
  }

  @Test
  void addsUpPartitions_andTellsTheFirst() {
    book.note(B, 1, held("r", 7, "a"));
    book.note(A, 1, new HourCount("r", 7, 4, 0, Severity.Informational, 0, List.of()));
    HourCount total = book.heldBefore(8).get(0);
    assertThat(total).extracting(HourCount::sent, HourCount::held).containsExactly(4, 1);
    assertThat(book.firstHolding(total)).isEqualTo(B);
    assertThat(book.heldBefore(7)).isEmpty();
  }

  @Test
  void forgetsWhatWasTold_andAsksForACommit() {
    book.note(A, 1, held("r", 7, "a"));
    book.note(A, 2, held("s", 7, "b"));
    assertThat(book.isChanged(A)).isFalse();
    book.told(book.total("r", 7));
    assertThat(book.isChanged(A)).isTrue();
    assertThat(restarted(book.metadata(A, 3)).heldBefore(8))
        .extracting(HourCount::rule)
        .containsExactly("s");
    book.committed(A);
    assertThat(book.isChanged(A)).isFalse();
  }

  @Test
  void staysWithinWhatABrokerTakes() {
    for (int i = 0; i < 500; i++) {
      book.note(A, i, held("a-rule-with-a-rather-long-name-" + i, 7, "x".repeat(32)));
    }
    String metadata = book.metadata(A, 500);
    assertThat(metadata.length()).isBetween(3_000, HourBook.MOST_METADATA_BYTES);
    assertThat(restarted(metadata).heldBefore(8)).hasSizeGreaterThan(50);
  }

  @Test
  void passesOverWhatSomebodyElseHasCommitted() {
    assertThat(restarted("").heldBefore(99)).isEmpty();
    assertThat(restarted("by hand").heldBefore(99)).isEmpty();
    assertThat(restarted("lockstep-hours-1\n7 r 1 x Medium 3 -\nnot ours").heldBefore(99))
        .isEmpty();
  }

  @Test
  void hasNothingToSay_whereNothingIsCapped() {
    assertThat(book.metadata(A, 5)).isEmpty();
    book.forget(Set.of(A, B));
  }
}
