package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.text.JsonView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Promises of the driver in one process: any number of threads gives the same findings, and any
 * order one verdict of Sigma rules, as {@link PermutationTest} has it of the built-in ones.
 */
final class LocalDriverTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20_261_127L);
  private static final long STEP_MILLIS = Duration.ofMinutes(10).toMillis();

  @Test
  void givesTheSameBytes_onFiveThreads(@TempDir Path folder) throws IOException {
    givesTheSameBytes(folder, 5);
  }

  @Test
  @Tag("long")
  void givesTheSameBytes_onAnyNumberOfThreads(@TempDir Path folder) throws IOException {
    givesTheSameBytes(folder, 2, 3, 4, 8);
  }

  private static void givesTheSameBytes(Path folder, int... numbers) throws IOException {
    CaptureFolder capture = CaptureFolder.unpackWithSigma(folder.resolve("capture"));
    List<Arrivals.Arrival> order = Arrivals.of(capture).shuffled(new SplittableRandom(SEED));
    List<String> one = texts(detections(order, capture, 1));
    for (int threads : numbers) {
      assertThat(texts(detections(order, capture, threads))).isEqualTo(one);
    }
  }

  @Test
  void givesTheSameBytes_whereAllEventsOfAnHourShareAMillisecond(@TempDir Path folder)
      throws IOException {
    CaptureFolder capture = CaptureFolder.unpackWithSigma(folder.resolve("capture"));
    List<Activity> activities = new ArrayList<>();
    for (Arrivals.Arrival arrival : Arrivals.of(capture).inOrder()) {
      Activity activity = arrival.activity();
      activity.setEventAt(hour(activity.getEventAt()));
      activity.setArrivalAt(hour(activity.getArrivalAt()));
      activities.add(activity);
    }
    Random random = new Random(SEED);
    List<String> one = texts(detections(sorted(activities, folder), capture, 1));
    assertThat(one).hasSizeGreaterThan(100);
    for (int threads : new int[] {1, 2, 4}) {
      Collections.shuffle(activities, random);
      assertThat(texts(detections(sorted(activities, folder), capture, threads)))
          .as("seed %d, %d threads", SEED, threads)
          .isEqualTo(one);
    }
  }

  private static long hour(long at) {
    return at - Math.floorMod(at, Duration.ofHours(1).toMillis());
  }

  /** Returns activities in the order in which a replay passes them on, after runs on disk. */
  private static List<Arrivals.Arrival> sorted(List<Activity> activities, Path folder)
      throws IOException {
    SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
    List<Arrivals.Arrival> sorted = new ArrayList<>();
    try (ArrivalSorter sorter =
        new ArrivalSorter(folder.resolve("sort"), 300_000, new ActivityOrder())) {
      activities.forEach(one -> sorter.add(one.getArrivalAt(), codec.encode(one)));
      sorter.drain((at, item) -> sorted.add(new Arrivals.Arrival(at, codec.decode(item))));
    }
    return sorted;
  }

  @Test
  void givesOneVerdictOfSigmaRules_inWhateverOrderEventsArrive(@TempDir Path folder)
      throws IOException {
    givesOneVerdictOfSigmaRules(folder, 1);
  }

  @Test
  @Tag("long")
  void givesOneVerdictOfSigmaRules_inTwentyOrders(@TempDir Path folder) throws IOException {
    givesOneVerdictOfSigmaRules(folder, 20);
  }

  private static void givesOneVerdictOfSigmaRules(Path folder, int orders) throws IOException {
    CaptureFolder capture = CaptureFolder.unpackWithSigma(folder.resolve("capture"));
    Set<String> sigma = new TreeSet<>();
    capture.config(Map.of()).rules().all().stream()
        .filter(rule -> rule.entry().origin().startsWith("sigma"))
        .forEach(rule -> sigma.add(rule.id()));
    SortedSet<Verdict> expected = ofRules(sigma, capture.replay().detections());
    assertThat(sigma).hasSize(12);
    assertThat(expected).extracting(Verdict::rule).containsAll(sigma);
    Arrivals arrivals = Arrivals.of(capture);
    for (long seed = SEED; seed < SEED + orders; seed++) {
      List<Arrivals.Arrival> order = arrivals.shuffled(new SplittableRandom(seed));
      SortedSet<Verdict> given = ofRules(sigma, detections(order, capture, 1));
      assertThat(Verdict.differences(expected, given)).as("seed %d", seed).isEmpty();
    }
  }

  /** Returns the verdicts of some rules, without their incidents. */
  private static SortedSet<Verdict> ofRules(Set<String> rules, List<Detection> detections) {
    SortedSet<Verdict> some = new TreeSet<>();
    for (Verdict one : Verdict.of(detections)) {
      if (rules.contains(one.rule())) {
        some.add(new Verdict(one.id(), one.rule(), one.reason(), one.severity(), one.count(), ""));
      }
    }
    return some;
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
            JoinableLogs.ALL,
            enrichment,
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
