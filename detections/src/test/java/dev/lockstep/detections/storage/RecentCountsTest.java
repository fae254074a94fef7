package dev.lockstep.detections.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Counts of recently counted keys, of which few are kept. */
final class RecentCountsTest {
  private static final int MOST = 1_000;

  private final RecentCounts counts = new RecentCounts(MOST);

  private static byte[] key(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  @Test
  void countsEachKey_upToTheLargestByte() {
    for (int i = 1; i <= 200; i++) {
      assertThat(counts.add(key(7))).isEqualTo(Math.min(i, Byte.MAX_VALUE));
    }
    assertThat(counts.add(key(8))).isEqualTo(1);
  }

  @Test
  void keepsAKeyThatIsCountedOften_andEvictsTheOthers() {
    counts.add(key(0));
    for (int other = 1; other <= 100_000; other++) {
      assertThat(counts.add(key(other))).isEqualTo(1);
      if (other % 100 == 0) {
        assertThat(counts.add(key(0))).isEqualTo(Math.min(1 + other / 100, Byte.MAX_VALUE));
      }
    }
    assertThat(counts.add(key(1))).as("evicted").isEqualTo(1);
    assertThat(counts.add(key(100_000))).as("counted last").isEqualTo(2);
  }
}
