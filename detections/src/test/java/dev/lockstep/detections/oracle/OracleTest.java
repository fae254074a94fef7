package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.HotPath;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.FileProblem;
import dev.lockstep.schemas.Activity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@link HotPath} says is what the specification says, in whatever order the events come.
 *
 * <p>Every history is made from a seed, which a failure names. More of them: {@code
 * -Doracle.times=20}; others, or one again: {@code -Doracle.seed=N -Doracle.histories=1}.
 */
final class OracleTest {
  private static final long SEED = Long.getLong("oracle.seed", 20_261_101L);
  private static final int TIMES = Integer.getInteger("oracle.times", 1);
  private static final int FAILURES_SHOWN = Integer.getInteger("oracle.failures", 1);

  @TempDir static Path folder;
  private static Enrichment enrichment = Enrichment.none();

  @BeforeAll
  static void writeTheWorld() throws IOException, FileProblem {
    enrichment = World.in(folder);
  }

  @Test
  void agrees_inTheOrderOfEvents() {
    check("in order", 1500, history -> true, (events, random) -> events);
  }

  @Test
  void agrees_inEveryOrderWithinTheLateness() {
    check("within lateness", 800, history -> true, Orders::withinLateness);
  }

  @Test
  void agrees_inAnyOrderOfLessThan25Days() {
    check("any order", 800, OracleTest::isShort, Orders::any);
  }

  @Test
  void agrees_whileClocksGoOnAndStateIsForgotten() {
    check("live", 500, history -> true, Orders::ofTwoPartitions, Orders::withClocks);
  }

  private static boolean isShort(History history) {
    List<Activity> events = history.events();
    return events.isEmpty()
        || events.get(events.size() - 1).getEventAt() - events.get(0).getEventAt()
            < 25 * 86_400_000L;
  }

  private static void check(
      String order,
      int histories,
      Predicate<History> which,
      BiFunction<List<Activity>, SplittableRandom, List<Activity>> entering) {
    check(order, histories, which, entering, UnaryOperator.identity());
  }

  private static void check(
      String order,
      int histories,
      Predicate<History> which,
      BiFunction<List<Activity>, SplittableRandom, List<Activity>> entering,
      UnaryOperator<List<Activity>> delivered) {
    long count = Long.getLong("oracle.histories", (long) histories * TIMES);
    System.out.printf("oracle, %s: %d histories from seed %d%n", order, count, SEED);
    List<String> failures = new ArrayList<>();
    for (long seed = SEED; seed < SEED + count; seed++) {
      History history = HistoryMaker.make(enrichment, seed);
      if (which.test(history)) {
        List<Activity> entered = entering.apply(history.events(), new SplittableRandom(~seed));
        new Comparison(enrichment, history, delivered)
            .difference(order, entered)
            .ifPresent(failures::add);
        if (failures.size() >= FAILURES_SHOWN) {
          break;
        }
      }
    }
    assertThat(failures).as("product and oracle differ").isEmpty();
  }
}
