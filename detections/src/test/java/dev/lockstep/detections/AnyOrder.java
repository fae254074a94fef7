package dev.lockstep.detections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Enters seeded worlds of activities into the rules in several orders; {@code -Dworlds=N}. */
final class AnyOrder {
  private static final int WORLDS = Integer.getInteger("worlds", 20);

  private AnyOrder() {}

  /** Asserts that each world gives what is expected, shuffled, with a third of it twice. */
  static void gives(
      Function<Random, List<Activity>> worlds,
      Function<List<Activity>, Map<String, Desk.Verdict>> expected,
      RuleSettings settings) {
    for (int seed = 0; seed < WORLDS; seed++) {
      Random random = new Random(seed);
      List<Activity> world = worlds.apply(random);
      Map<String, Desk.Verdict> verdicts = expected.apply(world);
      for (int order = 0; order < 3; order++) {
        List<Activity> arriving = new ArrayList<>(world);
        arriving.addAll(world.subList(0, world.size() / 3));
        Collections.shuffle(arriving, random);
        assertThat(judged(arriving, settings))
            .as("seed %d, order %d", seed, order)
            .isEqualTo(verdicts);
      }
    }
  }

  /** Asserts that each world gives the same in every order, whatever that is. */
  static void givesTheSame(Function<Random, List<Activity>> worlds, RuleSettings settings) {
    for (int seed = 0; seed < WORLDS; seed++) {
      Random random = new Random(seed);
      List<Activity> world = worlds.apply(random);
      Map<String, Desk.Verdict> first = judged(world, settings);
      for (int order = 1; order < 4; order++) {
        Collections.shuffle(world, random);
        assertThat(judged(world, settings)).as("seed %d, order %d", seed, order).isEqualTo(first);
      }
    }
  }

  /**
   * Asserts that each world gives the same in every order, whatever that is, but for the days of a
   * rule whose findings say that a set overflowed.
   */
  static void givesTheSameWhereNothingOverflows(
      Function<Random, List<Activity>> worlds, RuleSettings settings) {
    int compared = 0;
    int overflowed = 0;
    for (int seed = 0; seed < WORLDS; seed++) {
      Random random = new Random(seed);
      List<Activity> world = worlds.apply(random);
      List<Detection> first = standing(world, settings);
      for (int order = 1; order < 4; order++) {
        Collections.shuffle(world, random);
        List<Detection> other = standing(world, settings);
        Set<String> aside = new HashSet<>();
        for (List<Detection> each : List.of(first, other)) {
          each.stream().filter(d -> d.getOverflow() != null).forEach(d -> aside.add(day(d)));
        }
        assertThat(verdicts(other, aside))
            .as("seed %d, order %d", seed, order)
            .isEqualTo(verdicts(first, aside));
        compared += verdicts(first, aside).size();
        overflowed += aside.size();
      }
    }
    assertThat(compared).isPositive();
    assertThat(overflowed).isPositive();
  }

  private static String day(Detection finding) {
    return finding.getRule() + " " + Days.of(finding.getEndTime());
  }

  private static Map<String, Desk.Verdict> verdicts(List<Detection> findings, Set<String> aside) {
    Map<String, Desk.Verdict> verdicts = new TreeMap<>();
    for (Detection finding : findings) {
      if (!aside.contains(day(finding))) {
        verdicts.put(
            finding.getId(),
            new Desk.Verdict(
                finding.getRule(), finding.getReason(), finding.getSeverity(), finding.getCount()));
      }
    }
    return verdicts;
  }

  private static List<Detection> standing(List<Activity> arriving, RuleSettings settings) {
    Desk desk = new Desk(settings);
    arriving.forEach(desk::see);
    return desk.standing();
  }

  private static Map<String, Desk.Verdict> judged(List<Activity> arriving, RuleSettings settings) {
    Desk desk = new Desk(settings);
    arriving.forEach(desk::see);
    return desk.verdicts();
  }
}
