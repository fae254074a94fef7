package dev.lockstep.app.suggest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DistinctCounterTest {
  @Test
  void isExact_whateverIsRepeated_belowItsBound() {
    DistinctCounter distinct = new DistinctCounter();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < DistinctCounter.KEPT - 1; i++) {
        distinct.add("user" + i);
        assertThat(distinct.count()).isEqualTo(round == 0 ? i + 1 : DistinctCounter.KEPT - 1);
      }
    }
    assertThat(distinct.sample()).hasSize(DistinctCounter.KEPT - 1);
  }

  @Test
  void estimatesWithinAQuarter_beyondIt() {
    for (int size : new int[] {500, 10_000, 300_000}) {
      DistinctCounter distinct = new DistinctCounter();
      for (int i = 0; i < size; i++) {
        distinct.add("user" + i);
      }
      assertThat((double) distinct.count()).isCloseTo(size, within(0.25 * size));
      assertThat(distinct.sample()).hasSize(DistinctCounter.KEPT);
    }
  }

  @Test
  void givesTheSame_inAnyOrder() {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      texts.add("user" + i);
    }
    DistinctCounter first = new DistinctCounter();
    texts.forEach(first::add);
    Collections.shuffle(texts, new Random(20261125));
    DistinctCounter second = new DistinctCounter();
    texts.forEach(second::add);
    assertThat(second.sample()).isEqualTo(first.sample());
  }
}
