package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.text.AvroJson;
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
    Config config = CaptureFolder.unpackWithSigma(folder.resolve("capture")).config(Map.of());
    ShuffledCapture shuffled = ShuffledCapture.ofTheSeed();
    List<String> one = texts(shuffled.detections());
    for (int threads : numbers) {
      assertThat(texts(ShuffledCapture.detections(shuffled.order(), config, threads)))
          .isEqualTo(one);
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
    Config config = capture.config(Map.of());
    List<String> one = texts(ShuffledCapture.detections(sorted(activities, folder), config, 1));
    assertThat(one).hasSizeGreaterThan(100);
    Collections.shuffle(activities, new Random(ShuffledCapture.SEED));
    assertThat(texts(ShuffledCapture.detections(sorted(activities, folder), config, 4)))
        .as("seed %d, four threads", ShuffledCapture.SEED)
        .isEqualTo(one);
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
  void givesOneVerdict_ofSigmaRulesAsWell_inWhateverOrderEventsArrive(@TempDir Path folder)
      throws IOException {
    CaptureFolder capture = CaptureFolder.unpackWithSigma(folder.resolve("capture"));
    List<Detection> replayed = capture.replay().detections();
    assertThat(replayed).extracting(Detection::getRule).containsAll(sigmaRules(capture));
    assertThat(
            Verdict.differences(
                Verdict.of(replayed), Verdict.of(ShuffledCapture.ofTheSeed().detections())))
        .as("seed %d", ShuffledCapture.SEED)
        .isEmpty();
  }

  @Test
  @Tag("long")
  void givesOneVerdictOfSigmaRules_inTwentyOrders(@TempDir Path folder) throws IOException {
    CaptureFolder capture = CaptureFolder.unpackWithSigma(folder.resolve("capture"));
    Set<String> sigma = sigmaRules(capture);
    SortedSet<Verdict> expected = ofRules(sigma, capture.replay().detections());
    assertThat(expected).extracting(Verdict::rule).containsAll(sigma);
    Arrivals arrivals = Arrivals.of(capture);
    for (long seed = ShuffledCapture.SEED; seed < ShuffledCapture.SEED + 20; seed++) {
      List<Arrivals.Arrival> order = arrivals.shuffled(new SplittableRandom(seed));
      SortedSet<Verdict> given =
          ofRules(sigma, ShuffledCapture.detections(order, capture.config(Map.of()), 1));
      assertThat(Verdict.differences(expected, given)).as("seed %d", seed).isEmpty();
    }
  }

  private static Set<String> sigmaRules(CaptureFolder capture) {
    Set<String> sigma = new TreeSet<>();
    capture.config(Map.of()).rules().all().stream()
        .filter(rule -> rule.entry().origin().startsWith("sigma"))
        .forEach(rule -> sigma.add(rule.id()));
    assertThat(sigma).hasSize(12);
    return sigma;
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
    detections.forEach(one -> texts.add(AvroJson.of(one)));
    return texts;
  }
}
