package dev.lockstep.detections.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.rules.Seen;
import java.util.Comparator;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CappedTextsTest {
  private static final int RUNS = 200;
  private static final int ADDED = 120;

  @Test
  void keepsTheMembersWithTheSmallestHashes_inAnyOrder() {
    for (int seed = 0; seed < RUNS; seed++) {
      Random random = new Random(seed);
      int most = 1 + random.nextInt(12);
      CappedTexts set = new CappedTexts();
      TreeMap<String, Seen> expected = new TreeMap<>();
      for (int i = 0; i < ADDED; i++) {
        String text = "member " + random.nextInt(60);
        int minute = random.nextInt(1440);
        Seen before = expected.get(text);
        expected.put(
            text,
            before == null
                ? new Seen(text, minute, minute)
                : new Seen(
                    text,
                    Math.min(before.firstMinute(), minute),
                    Math.max(before.lastMinute(), minute)));
        boolean changed = !expected.get(text).equals(before);
        if (expected.size() > most) {
          String largest =
              expected.keySet().stream().max(Comparator.comparingLong(Hashes::of)).orElseThrow();
          expected.remove(largest);
          changed = !largest.equals(text);
        }
        assertThat(set.add(text, minute, minute, most))
            .as("seed %d, member %d", seed, i)
            .isEqualTo(changed);
        assertThat(set.list())
            .as("seed %d, member %d", seed, i)
            .containsExactlyElementsOf(expected.values());
      }
    }
  }
}
