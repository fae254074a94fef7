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

  @Test
  void loses_whatARetractedEventHad_andNothingElse() {
    CappedTexts set = new CappedTexts();
    set.addRemovable("192.0.2.1", 1, 5, 8);
    set.addRemovable("192.0.2.1", 2, 7, 8);
    set.addRemovable("192.0.2.2", 1, 5, 8);
    set.add("192.0.2.3", 9, 9, 8);
    assertThat(set.list())
        .containsExactly(
            new Seen("192.0.2.1", 5, 7), new Seen("192.0.2.2", 5, 5), new Seen("192.0.2.3", 9, 9));
    assertThat(set.contains("192.0.2.2")).isTrue();
    CappedTexts restored = new CappedTexts();
    set.stored().forEach(restored::restore);
    assertThat(restored.list()).isEqualTo(set.list());

    assertThat(restored.remove("192.0.2.1", 1)).isTrue();
    assertThat(restored.remove("192.0.2.1", 1)).isFalse();
    assertThat(restored.remove("192.0.2.2", 1)).isTrue();
    assertThat(restored.remove("192.0.2.3", 1)).isFalse();
    assertThat(restored.list())
        .containsExactly(new Seen("192.0.2.1", 7, 7), new Seen("192.0.2.3", 9, 9));
    assertThat(restored.contains("192.0.2.2")).isFalse();
  }

  @Test
  void keepsWhatIsTooMuchToBeRemoved() {
    CappedTexts set = new CappedTexts();
    for (int event = 0; event < 3; event++) {
      set.addRemovable("192.0.2.1", event, event, 2);
    }
    for (int event = 0; event < 3; event++) {
      set.remove("192.0.2.1", event);
    }
    assertThat(set.list()).containsExactly(new Seen("192.0.2.1", 2, 2));
    assertThat(set.stored()).isEqualTo(set.list());
  }

  @Test
  void storesATextWithASeparatorAsItIs() {
    CappedTexts set = new CappedTexts();
    set.add("ada\u0000zz", 1, 2, 8);
    set.addRemovable("ben\u0000zz", 1, 3, 8);
    CappedTexts restored = new CappedTexts();
    set.stored().forEach(restored::restore);
    assertThat(restored.list())
        .containsExactly(new Seen("ada\u0000zz", 1, 2), new Seen("ben\u0000zz", 3, 3));
  }
}
