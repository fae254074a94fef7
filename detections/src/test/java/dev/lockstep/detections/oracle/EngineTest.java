package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.oracle.Entered.Order;
import dev.lockstep.detections.oracle.History.Theme;
import dev.lockstep.schemas.Activity;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What the engine makes of the pair rules is what the specification says, in whatever order events
 * come, twice or late, with state going through its bytes in between.
 */
final class EngineTest {
  private static final long SEED = 20_261_201L + Long.getLong("oracle.seed", 0L);
  private static final int HISTORIES = Integer.getInteger("oracle.histories", 1_500);
  private static final long SHORT = 25 * 86_400_000L;

  @Test
  void impossibleTravelIsAsSpecified() {
    compare(HISTORIES, Theme.TRAVEL, Theme.TRAVEL, Theme.COMMUTE, Theme.MIXED);
  }

  @Test
  void tokenReplayIsAsSpecified() {
    compare(HISTORIES, Theme.TOKEN);
  }

  @Test
  @Tag("long")
  void bothAreAsSpecified_in10000Histories() {
    compare(10_000, Theme.TRAVEL, Theme.COMMUTE, Theme.MIXED);
    compare(10_000, Theme.TOKEN);
  }

  private static void compare(int histories, Theme... themes) {
    System.out.printf("%d histories of %s, seed %d%n", histories, List.of(themes), SEED);
    int findings = 0;
    for (long seed = SEED; seed < SEED + histories; seed++) {
      History history = HistoryMaker.make(List.of(themes), seed);
      SplittableRandom random = new SplittableRandom(~seed);
      Engined engined = new Engined(World.ENRICHMENT, history.settings());
      Entered entered = entered(history, random);
      List<Verdict> specified = engined.specified(entered.events());
      assertThat(engined.verdicts(entered.events(), random))
          .as(entered::toString)
          .isEqualTo(specified);
      findings += specified.size();
    }
    assertThat(findings).isGreaterThan(histories / 2);
  }

  static Entered entered(History history, SplittableRandom random) {
    Order order = List.of(Order.values()).get(random.nextInt(Order.values().length));
    boolean any = order != Order.ANY || isShort(history.events());
    return Entered.of(history, any ? order : Order.WITHIN_LATENESS, random);
  }

  private static boolean isShort(List<Activity> events) {
    long first =
        events.stream().mapToLong(Activity::getEventAt).filter(at -> at > 0).min().orElse(0);
    long last = events.stream().mapToLong(Activity::getEventAt).max().orElse(0);
    return last - first < SHORT;
  }
}
