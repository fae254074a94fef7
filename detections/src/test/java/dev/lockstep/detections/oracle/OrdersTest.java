package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.oracle.Entered.Order;
import dev.lockstep.detections.oracle.History.Theme;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A verdict does not depend on the order of arrival, nor on how far one source lags behind another.
 *
 * <p>As many orders of each history as promised: {@code -Doracle.orders=1000}.
 */
final class OrdersTest {
  private static final long SEED = 20_261_126L + Long.getLong("oracle.seed", 0L);
  private static final int HISTORIES = 50;
  private static final int ORDERS = Integer.getInteger("oracle.orders", 2);
  private static final List<Order> KINDS = List.of(Order.WITHIN_LATENESS, Order.LIVE);

  @Test
  void givesOneVerdict_inEveryOrderWithinTheLateness() {
    System.out.printf("%d orders of %d histories, seed %d%n", ORDERS, HISTORIES, SEED);
    Map<Order, Integer> findings = new EnumMap<>(Order.class);
    for (long seed = SEED; seed < SEED + HISTORIES; seed++) {
      History history = HistoryMaker.make(List.of(Theme.values()), seed);
      SplittableRandom random = new SplittableRandom(~seed);
      Product product = new Product(World.ENRICHMENT, history.settings());
      Entered first = Entered.of(history, Order.AS_ARRIVED, random);
      List<Verdict> said = product.verdicts(first.delivered());
      assertThat(first.difference(product)).as(first::toString).isEmpty();
      findings.merge(Order.AS_ARRIVED, said.size(), Integer::sum);
      for (int i = 0; i < ORDERS; i++) {
        Order order = KINDS.get(i % KINDS.size());
        Entered other = Entered.of(history, order, random);
        List<Verdict> again = product.verdicts(other.delivered());
        assertThat(again).as(other::toString).isEqualTo(said);
        findings.merge(order, again.size(), Integer::sum);
      }
    }
    assertThat(findings).containsOnlyKeys(Order.AS_ARRIVED, Order.WITHIN_LATENESS, Order.LIVE);
    assertThat(findings.values()).as("findings by order").allMatch(each -> each > HISTORIES);
  }
}
