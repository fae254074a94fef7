package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.oracle.Entered.Order;
import dev.lockstep.detections.oracle.History.Theme;
import dev.lockstep.schemas.Detection;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A verdict does not depend on the order of arrival where sets are full either. */
final class CapTest {
  private static final long SEED = 20_261_127L + Long.getLong("oracle.seed", 0L);
  private static final int HISTORIES = Integer.getInteger("oracle.caps", 25);

  @Test
  void givesOneVerdict_beyondTheCapOfASet() {
    System.out.printf("%d histories with small sets, seed %d%n", HISTORIES, SEED);
    int full = 0;
    for (long seed = SEED; seed < SEED + HISTORIES; seed++) {
      History history = small(HistoryMaker.make(List.of(Theme.values()), seed));
      SplittableRandom random = new SplittableRandom(~seed);
      Product product = new Product(World.ENRICHMENT, history.settings());
      Entered first = Entered.of(history, Order.AS_HAPPENED, random);
      List<Verdict> said = product.verdicts(first.delivered());
      for (Detection each : product.findings(first.delivered()).values()) {
        full += Boolean.TRUE.equals(each.getOverflow()) ? 1 : 0;
      }
      for (int i = 0; i < 3; i++) {
        Entered other = Entered.of(history, Order.WITHIN_LATENESS, random);
        assertThat(product.verdicts(other.delivered())).as(other::toString).isEqualTo(said);
      }
    }
    assertThat(full).as("findings with a full set").isGreaterThan(HISTORIES / 10);
  }

  private static History small(History history) {
    return new History(
        history.seed(),
        history.theme(),
        HistoryMaker.atOnce(history.settings(), history.seed() % 2 == 0 ? 2 : 3),
        history.events());
  }
}
