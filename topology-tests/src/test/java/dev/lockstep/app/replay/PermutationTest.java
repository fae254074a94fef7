package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A verdict does not depend on the order of arrival. {@code -Dlockstep.seed=N} tries other orders.
 */
final class PermutationTest {
  private static final int ORDERS = 4;
  private static final int MANY_ORDERS = 200;
  private static final long SEED = Long.getLong("lockstep.seed", 20_261_120L);
  private static final long WATERMARK_STEP_MILLIS = Duration.ofMinutes(10).toMillis();

  @Test
  void givesOneVerdict_inWhateverOrderEventsArrive(@TempDir Path folder) throws IOException {
    givesOneVerdict(folder, ORDERS);
  }

  @Test
  @Tag("long")
  void givesOneVerdict_inTwoHundredOrders(@TempDir Path folder) throws IOException {
    givesOneVerdict(folder, MANY_ORDERS);
  }

  private static void givesOneVerdict(Path folder, int orders) throws IOException {
    CaptureFolder capture = CaptureFolder.unpack(folder.resolve("capture"));
    Config config = capture.config(Map.of());
    ConfiguredRules settings = config.rules();
    Enrichment enrichment = Wiring.enrichment(config);
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
      SortedSet<Verdict> given = verdicts(order, settings, enrichment);
      assertThat(Verdict.differences(expected, given)).as("seed %d", seed).isEmpty();
    }
  }

  private static SortedSet<Verdict> verdicts(
      List<Arrivals.Arrival> order, ConfiguredRules settings, Enrichment enrichment) {
    SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
    try (LocalDriver driver =
        new LocalDriver(
            RuleSets.of(settings),
            JoinableLogs.ALL,
            enrichment,
            new DetectionCounters(),
            1,
            true)) {
      long watermark = 0;
      for (Arrivals.Arrival arrival : order) {
        if (arrival.at() - watermark >= WATERMARK_STEP_MILLIS) {
          watermark = arrival.at();
          driver.watermark(watermark);
        }
        driver.enter(codec.encode(arrival.activity()));
      }
      driver.watermark(watermark + Duration.ofHours(26).toMillis());
      return Verdict.of(driver.detections());
    }
  }
}
