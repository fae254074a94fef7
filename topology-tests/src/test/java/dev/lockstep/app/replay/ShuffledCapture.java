package dev.lockstep.app.replay;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SingleObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Order of the bundled capture, and what the driver in one process finds in it with Sigma rules on
 * one thread.
 */
record ShuffledCapture(List<Arrivals.Arrival> order, List<Detection> detections) {
  static final long SEED = Long.getLong("lockstep.seed", 20_261_127L);
  static final long STEP_MILLIS = Duration.ofMinutes(10).toMillis();

  private static @Nullable ShuffledCapture made;

  /** Returns the order of the seed, of one run for all tests of a process. */
  static synchronized ShuffledCapture ofTheSeed() throws IOException {
    if (made == null) {
      Path folder = Files.createTempDirectory("shuffled-capture");
      CaptureFolder capture = CaptureFolder.unpackWithSigma(folder.resolve("capture"));
      List<Arrivals.Arrival> order =
          Arrivals.of(capture).shuffled(new SplittableRandom(SEED)).stream().toList();
      made = new ShuffledCapture(order, detections(order, capture.config(Map.of()), 1));
      capture.delete();
      Files.delete(folder);
    }
    return made;
  }

  /** Returns what the driver in one process finds in an order, with watermarks of ten minutes. */
  static List<Detection> detections(List<Arrivals.Arrival> order, Config config, int threads) {
    SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
    try (LocalDriver driver =
        new LocalDriver(
            RuleSets.of(config.rules()),
            JoinableLogs.ALL,
            Wiring.enrichment(config),
            new DetectionCounters(),
            threads,
            true)) {
      long watermark = 0;
      for (Arrivals.Arrival arrival : order) {
        if (arrival.at() - watermark >= STEP_MILLIS) {
          watermark = arrival.at();
          driver.watermark(watermark);
        }
        driver.enter(codec.encode(arrival.activity()));
      }
      driver.watermark(watermark + Duration.ofHours(26).toMillis());
      return driver.detections();
    }
  }
}
