package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.detections.BuiltInRules;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A verdict does not depend on the order of arrival. {@code -Dlockstep.seed=N} tries other orders.
 */
final class PermutationTest {
  private static final int ORDERS = 2;
  private static final int MANY_ORDERS = 200;
  private static final long SEED = Long.getLong("lockstep.seed", 20_261_120L);

  @Test
  void givesOneVerdict_inWhateverOrderEventsArrive() throws IOException {
    givesOneVerdict(ORDERS);
  }

  @Test
  @Tag("long")
  void givesOneVerdict_inTwoHundredOrders() throws IOException {
    givesOneVerdict(MANY_ORDERS);
  }

  private static void givesOneVerdict(int orders) throws IOException {
    CaptureFolder capture = CaptureFolder.bundled().capture();
    Config config = capture.config(Map.of());
    SortedSet<Verdict> expected = Verdict.of(CaptureFolder.bundledDetections());
    Arrivals arrivals = Arrivals.of(capture);
    Set<String> missing = new TreeSet<>();
    BuiltInRules.all().forEach(rule -> missing.add(rule.info().id()));
    expected.forEach(each -> missing.remove(each.rule()));
    assertThat(missing).as("rules without a finding in the bundled capture").isEmpty();
    assertThat(expected).extracting(Verdict::correlationId).anyMatch(id -> !id.isEmpty());
    System.out.printf("%d orders of %d activities, from seed %d%n", orders, arrivals.size(), SEED);

    for (long seed = SEED; seed < SEED + orders; seed++) {
      List<Arrivals.Arrival> order = arrivals.shuffled(new SplittableRandom(seed));
      SortedSet<Verdict> given = Verdict.of(ShuffledCapture.detections(order, config, 1));
      assertThat(Verdict.differences(expected, given)).as("seed %d", seed).isEmpty();
    }
  }
}
