package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.sentinel.logs.DetectionRow;
import dev.lockstep.sentinel.sink.Findings;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class DailyBudgetTest {
  @AutoClose private Delivery delivery = with(new DailyBudget(10, Long.MAX_VALUE), Map.of());

  private static Delivery with(DailyBudget budget, Map<String, Integer> caps) {
    return new Delivery(2, new Random(1), caps, Instant.MIN, budget);
  }

  private void use(DailyBudget budget, Map<String, Integer> caps) {
    delivery.close();
    delivery = with(budget, caps);
  }

  private void write(int from, int to) {
    delivery.write(from, to);
    delivery.step();
  }

  private ForwarderCounts.Budget budget() {
    return Objects.requireNonNull(delivery.counts.budget());
  }

  @Test
  void warnsBefore_thenLetsHighOnesGoOnly_andTellsTheRestWhenTheDayIsOver() {
    write(0, 7);
    assertThat(budget()).isEqualTo(new ForwarderCounts.Budget(7, budget().bytes(), 0.7, false));
    assertThat(budget().isNear()).isFalse();
    write(7, 8);
    assertThat(budget().isNear()).isTrue();
    assertThat(budget().isReached()).isFalse();
    write(8, 15);
    assertThat(budget().isReached()).isTrue();
    delivery.topic.write(0, Findings.small("high", 1));
    delivery.topic.write(0, Findings.medium("d0", 2));
    delivery.step();
    assertThat(delivery.sentinel.latest()).hasSize(11).containsKey("high");
    assertThat(Objects.requireNonNull(delivery.sentinel.latest().get("d0")).revision())
        .isEqualTo(1);
    assertThat(delivery.counts.rowsOverBudget()).isEqualTo(6);
    assertThat(delivery.counts.rowsHeldBack()).isZero();
    assertThat(delivery.topic.isDone()).as("what is held holds up no offset").isTrue();

    delivery.time.sleep(Duration.ofHours(15));
    delivery.step();
    assertThat(delivery.overflows())
        .singleElement()
        .satisfies(
            row ->
                assertThat(row.json())
                    .contains(
                        "\"Rule\":\"daily-budget\"",
                        "\"AlertTitle\":\"6 detections held back by the daily budget on"
                            + " 2026-11-02\"",
                        "11 rows with",
                        "\"budgetRows\":10",
                        "\"Count\":6"));
    write(20, 22);
    assertThat(delivery.sentinel.latest()).containsKeys("d20", "d21");
    assertThat(budget().isReached()).isFalse();
  }

  @Test
  void countsBytesAsTheyAreBilled() {
    int bytes = DetectionRow.of(Findings.medium("d0", 1)).bytes();
    use(new DailyBudget(Long.MAX_VALUE, 3L * bytes + 10), Map.of());
    write(0, 8);
    assertThat(delivery.sentinel.latest()).hasSize(3);
    assertThat(delivery.counts.takenByRule().values())
        .containsExactly(new ForwarderCounts.Taken(3, 3L * bytes));
    assertThat(budget().isReached()).isTrue();
  }

  @Test
  void knowsTheDaysCountExactly_afterARestart() {
    write(0, 7);
    delivery.loseEverything();
    write(7, 20);
    assertThat(delivery.sentinel.latest()).hasSize(10);
    assertThat(budget().rows()).isEqualTo(10);
  }

  @Test
  void letsACapHoldBackFirst_whatThenDoesNotCount() {
    use(new DailyBudget(10, Long.MAX_VALUE), Map.of("token-replay", 4));
    write(0, 20);
    assertThat(delivery.sentinel.latest()).hasSize(4);
    assertThat(delivery.counts.rowsHeldBack()).isEqualTo(16);
    assertThat(delivery.counts.rowsOverBudget()).isZero();
    delivery.time.sleep(Duration.ofHours(1));
    write(20, 24);
    delivery.time.sleep(Duration.ofHours(1));
    write(24, 28);
    assertThat(delivery.counts.rowsOverBudget()).isEqualTo(2);
  }

  @Test
  void isNothingToBeginWith() {
    assertThatThrownBy(() -> new DailyBudget(0, 1)).hasMessageContaining("at least 1");
    assertThat(new ForwarderCounts().budget()).isNull();
  }
}
