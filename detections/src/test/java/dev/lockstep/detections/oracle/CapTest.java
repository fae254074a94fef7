package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.oracle.Entered.Order;
import dev.lockstep.detections.oracle.History.Theme;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Where sets are full, a verdict does not depend on the order of arrival either, but for the days
 * of a rule that say so, and the day after.
 */
final class CapTest {
  private static final long SEED = 20_261_127L + Long.getLong("oracle.seed", 0L);
  private static final String TOKYO = "198.19.0.60";
  private static final int HISTORIES = Integer.getInteger("oracle.caps", 25);

  @Test
  void givesOneVerdict_beyondTheCapOfASet() {
    System.out.printf("%d histories with small sets, seed %d%n", HISTORIES, SEED);
    int full = 0;
    int compared = 0;
    for (long seed = SEED; seed < SEED + HISTORIES; seed++) {
      History history = small(HistoryMaker.make(List.of(Theme.values()), seed));
      SplittableRandom random = new SplittableRandom(~seed);
      Product product = new Product(World.ENRICHMENT, history.settings());
      Entered first = Entered.of(history, Order.AS_HAPPENED, random);
      Map<String, Detection> said = product.findings(first.delivered());
      for (int i = 0; i < 3; i++) {
        Entered other = Entered.of(history, Order.WITHIN_LATENESS, random);
        Map<String, Detection> then = product.findings(other.delivered());
        Set<String> aside = new TreeSet<>();
        Stream.concat(said.values().stream(), then.values().stream())
            .filter(finding -> Boolean.TRUE.equals(finding.getOverflow()))
            .forEach(
                finding -> {
                  aside.add(day(finding, 0));
                  aside.add(day(finding, 1));
                });
        full += aside.size();
        compared += said.size() - aside.size();
        assertThat(verdicts(then, aside)).as(other::toString).isEqualTo(verdicts(said, aside));
      }
    }
    assertThat(full).as("days with a full set").isGreaterThan(HISTORIES / 10);
    assertThat(compared).as("findings compared").isGreaterThan(HISTORIES);
  }

  @Test
  void countsMinutesAsSpecified_beyondTheCapOfASet() {
    List<Activity> events = new ArrayList<>();
    for (int minute = 0; minute < 300; minute++) {
      events.add(Told.call("declared-key", TOKYO, minute));
      events.add(Told.signIn("ann", TOKYO, minute));
    }
    for (int hour = 0; hour < 5; hour++) {
      events.add(Told.alert("a", Severity.Medium, 60 * hour, TOKYO));
    }
    History history = new History(0, Theme.PARTNER, RuleNumbers.atOnce(), List.copyOf(events));
    Entered entered = Entered.of(history, Order.AS_HAPPENED, new SplittableRandom(0));
    assertThat(entered.difference()).isEmpty();
    assertThat(new Product(World.ENRICHMENT, history.settings()).verdicts(entered.delivered()))
        .filteredOn(verdict -> !verdict.rule().equals("impossible-travel"))
        .extracting(Verdict::count)
        .hasSizeGreaterThan(1)
        .containsOnly(256);
  }

  private static String day(Detection finding, int later) {
    return finding.getRule() + " " + (finding.getEndTime() / 86_400_000L + later);
  }

  private static Map<String, String> verdicts(Map<String, Detection> findings, Set<String> aside) {
    Map<String, String> verdicts = new TreeMap<>();
    findings.forEach(
        (id, finding) -> {
          if (!aside.contains(day(finding, 0))) {
            verdicts.put(
                id,
                "%s %s %s %d"
                    .formatted(
                        finding.getRule(),
                        finding.getReason(),
                        finding.getSeverity(),
                        finding.getCount()));
          }
        });
    return verdicts;
  }

  private static History small(History history) {
    return new History(
        history.seed(),
        history.theme(),
        history.settings().atOnce(history.seed() % 2 == 0 ? 3 : 4),
        history.events());
  }
}
