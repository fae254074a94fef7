package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.defender.DefenderCorroboration;
import dev.lockstep.detections.oracle.Entered.Order;
import dev.lockstep.detections.oracle.History.Theme;
import dev.lockstep.detections.partner.PartnerIpDrift;
import dev.lockstep.detections.token.TokenReplay;
import dev.lockstep.detections.travel.ImpossibleTravel;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The histories that product and oracle are compared by hold a case of everything that is named.
 */
final class GatesTest {
  private static final long SEED = 20_261_160L;
  private static final int HISTORIES = 100;

  /** Counters that keep nothing quiet, or are no gate of a rule's list. */
  private static final List<String> COUNTERS =
      List.of(
          "impossible-travel no-place",
          "impossible-travel no-address",
          "joins unlinked",
          "joins unjoined-edge",
          "partner-ip-drift no-address",
          "any escalated",
          "any late",
          "any repeated");

  /** Rules that {@link Theme} makes histories for; the others have an oracle beside them. */
  private static final List<Rule> RULES =
      List.of(
          new ImpossibleTravel(),
          new TokenReplay(),
          new PartnerIpDrift(),
          new DefenderCorroboration());

  @Test
  void holdsACaseOfEveryGateReasonAndCounter() {
    Set<String> named = new TreeSet<>(COUNTERS);
    for (Rule each : RULES) {
      RuleInfo rule = each.info();
      rule.gates().forEach(gate -> named.add(rule.id() + " " + gate));
      rule.reasons().forEach(reason -> named.add(rule.id() + " " + reason));
    }
    for (long seed = SEED; seed < SEED + HISTORIES && !named.isEmpty(); seed++) {
      for (Theme theme : Theme.values()) {
        History history = HistoryMaker.make(List.of(theme), seed);
        hits(history, new SplittableRandom(~seed)).forEach(named::remove);
      }
    }
    assertThat(named).as("nothing in %d histories a theme, seed %d", HISTORIES, SEED).isEmpty();
  }

  private static List<String> hits(History history, SplittableRandom random) {
    List<String> hits = new ArrayList<>();
    Order order = random.nextBoolean() ? Order.LIVE : Order.AS_ARRIVED;
    Product product = new Product(World.ENRICHMENT, history.settings());
    for (Verdict each : product.verdicts(Entered.of(history, order, random).delivered())) {
      hits.add(each.rule() + " " + each.reason());
      if (!each.alerts().isEmpty()) {
        hits.add("any escalated");
      }
    }
    product
        .counters()
        .gates()
        .forEach((rule, gates) -> gates.keySet().forEach(gate -> hits.add(rule + " " + gate)));
    if (product.counters().lateEvents() > 0) {
      hits.add("any late");
    }
    if (product.counters().repeatedEvents() > 0) {
      hits.add("any repeated");
    }
    return hits;
  }
}
