package dev.lockstep.app.suggest;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BoundedCountsTest {
  private static final int MOST = 32;

  private final BoundedCounts<int[]> counts = new BoundedCounts<>(MOST, count -> count[0] > 1);

  private void see(String key) {
    int @Nullable [] count = counts.of(key, () -> new int[1]);
    if (count != null) {
      count[0]++;
    }
  }

  @Test
  void neverHoldsMore_andLetsGoOfWhatWasSeenOnce() {
    see("often");
    see("often");
    for (int i = 0; i < 10 * MOST; i++) {
      see("once" + i);
      assertThat(counts.all()).hasSizeLessThanOrEqualTo(MOST).containsKey("often");
    }
    assertThat(counts.leftOut()).isEqualTo(10 * MOST + 1 - counts.all().size());
  }

  @Test
  void takesNoMore_whereAllThatItHoldsIsTelling() {
    for (int i = 0; i < MOST; i++) {
      see("often" + i);
      see("often" + i);
    }
    for (int i = 0; i < 3 * MOST; i++) {
      see("late" + i);
    }
    assertThat(counts.all()).hasSize(MOST).doesNotContainKey("late0");
    assertThat(counts.leftOut()).isEqualTo(3 * MOST);
    see("often0");
    assertThat(counts.of("often0", () -> new int[1])).containsExactly(3);
  }
}
