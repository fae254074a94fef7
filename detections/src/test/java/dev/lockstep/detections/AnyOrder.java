package dev.lockstep.detections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Activity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

  private static Map<String, Desk.Verdict> judged(List<Activity> arriving, RuleSettings settings) {
    Desk desk = new Desk(settings);
    arriving.forEach(desk::see);
    return desk.verdicts();
  }
}
