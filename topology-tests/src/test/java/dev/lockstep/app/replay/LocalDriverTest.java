package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinSettings;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.JsonView;
import dev.lockstep.schemas.SingleObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promises of the driver in one process: any order and any number of threads give one verdict. */
final class LocalDriverTest {
  private static final int ORDERS = 5;
  private static final int MANY_ORDERS = 200;
  private static final long SEED = Long.getLong("lockstep.seed", 20_261_127L);
  private static final long STEP_MILLIS = Duration.ofMinutes(10).toMillis();

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
    Arrivals arrivals = Arrivals.of(capture);
    System.out.printf("%d orders of %d activities, from seed %d%n", orders, arrivals.size(), SEED);
    var expected = Verdict.of(detections(arrivals.shuffled(new SplittableRandom(1)), capture, 1));
    assertThat(expected).hasSizeGreaterThan(100);
    for (long seed = SEED; seed < SEED + orders; seed++) {
      List<Arrivals.Arrival> order = arrivals.shuffled(new SplittableRandom(seed));
      assertThat(Verdict.differences(expected, Verdict.of(detections(order, capture, 2))))
          .as("seed %d", seed)
          .isEmpty();
    }
  }

  @Test
  void givesTheSameBytes_onAnyNumberOfThreads(@TempDir Path folder) throws IOException {
    CaptureFolder capture = CaptureFolder.unpackWithSigma(folder.resolve("capture"));
    List<Arrivals.Arrival> order = Arrivals.of(capture).shuffled(new SplittableRandom(SEED));
    List<String> one = texts(detections(order, capture, 1));
    assertThat(texts(detections(order, capture, 2))).isEqualTo(one);
    assertThat(texts(detections(order, capture, 5))).isEqualTo(one);
  }

  private static List<String> texts(List<Detection> detections) {
    List<String> texts = new ArrayList<>();
    detections.forEach(one -> texts.add(JsonView.of(one)));
    return texts;
  }

  private static List<Detection> detections(
      List<Arrivals.Arrival> order, CaptureFolder capture, int threads) {
    Config config = capture.config(Map.of());
    Enrichment enrichment = Wiring.enrichment(config);
    SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
    try (LocalDriver driver =
        new LocalDriver(
            RuleSets.of(config.rules()),
            JoinSettings.ALL,
            enrichment,
            new DetectionCounters(),
            threads,
            true)) {
      long clock = 0;
      for (Arrivals.Arrival arrival : order) {
        if (arrival.at() - clock >= STEP_MILLIS) {
          clock = arrival.at();
          driver.clock(clock);
        }
        driver.enter(codec.encode(arrival.activity()));
      }
      driver.clock(clock + Duration.ofHours(26).toMillis());
      return driver.detections();
    }
  }
}
