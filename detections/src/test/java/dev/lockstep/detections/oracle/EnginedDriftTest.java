package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.RuleSettings;
import dev.lockstep.detections.engine.Engine;
import dev.lockstep.detections.oracle.Entered.Order;
import dev.lockstep.detections.oracle.History.Theme;
import dev.lockstep.detections.partner.PartnerIpDrift;
import dev.lockstep.rules.kit.RuleCheck;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@link Engine} with {@code partner-ip-drift} against the specification, in any order. */
final class EnginedDriftTest {
  private static final long SEED = 20_261_129L + Long.getLong("oracle.seed", 0L);
  private static final int HISTORIES = Integer.getInteger("oracle.histories", 400);
  private static final int CAPPED = 120;
  private static final List<Order> ORDERS = List.of(Order.values());
  private static final List<Theme> THEMES =
      List.of(Theme.PARTNER, Theme.PARTNER, Theme.PARTNER, Theme.PARTNER_OVER_WEEKS, Theme.MIXED);
  private static final long SHORT = 25 * 86_400_000L;

  @Test
  void isAsSpecified_inEveryOrder_byChangeAndWhole() {
    assertThat(differencesOf(SEED, HISTORIES)).isGreaterThan(HISTORIES / 2);
  }

  @Test
  @Tag("long")
  void isAsSpecified_inEveryOrder_ofTenThousandHistories() {
    assertThat(differencesOf(SEED + HISTORIES, 10_000)).isGreaterThan(5_000);
  }

  /** Asserts that there are none; returns how many findings there were. */
  private static int differencesOf(long first, int histories) {
    System.out.printf("%d histories, seed %d%n", histories, first);
    int findings = 0;
    for (long seed = first; seed < first + histories; seed++) {
      History history = HistoryMaker.make(THEMES, seed);
      SplittableRandom random = new SplittableRandom(~seed);
      Specified specified =
          EnginedDrift.specified(history.events(), World.ENRICHMENT, history.settings());
      for (int i = 0; i < 2; i++) {
        Order order = ORDERS.get(random.nextInt(ORDERS.size()));
        Entered entered =
            Entered.of(
                history,
                order != Order.ANY || isShort(history.events()) ? order : Order.WITHIN_LATENESS,
                random);
        long restarts = random.nextLong();
        EnginedDrift byChange =
            new EnginedDrift(World.ENRICHMENT, history.settings())
                .enter(entered.events(), new SplittableRandom(restarts));
        List<Verdict> verdicts = byChange.verdicts();
        assertThat(specified.difference(verdicts)).as(entered::toString).isEmpty();
        findings += verdicts.size();
        EnginedDrift whole =
            new EnginedDrift(
                    World.ENRICHMENT,
                    history.settings(),
                    RuleCheck.judgingWhole(new PartnerIpDrift()))
                .enter(entered.events(), new SplittableRandom(restarts));
        assertThat(whole.findings()).as(entered::toString).isEqualTo(byChange.findings());
      }
    }
    return findings;
  }

  private static boolean isShort(List<Activity> events) {
    LongSummaryStatistics times =
        events.stream().mapToLong(Activity::getEventAt).filter(at -> at > 0).summaryStatistics();
    return times.getCount() == 0 || times.getMax() - times.getMin() < SHORT;
  }

  @Test
  void givesOneVerdict_beyondTheCapOfASet() {
    int full = 0;
    int compared = 0;
    for (long seed = SEED; seed < SEED + CAPPED; seed++) {
      History made = HistoryMaker.make(THEMES, seed);
      History history =
          new History(
              seed,
              made.theme(),
              HistoryMaker.atOnce(made.settings(), seed % 2 == 0 ? 3 : 4),
              made.events());
      SplittableRandom random = new SplittableRandom(~seed);
      Map<String, Detection> first =
          findings(Entered.of(history, Order.AS_HAPPENED, random), random);
      for (int i = 0; i < 3; i++) {
        Entered other = Entered.of(history, Order.WITHIN_LATENESS, random);
        Map<String, Detection> then = findings(other, random);
        Set<Integer> aside = new TreeSet<>();
        Stream.concat(first.values().stream(), then.values().stream())
            .filter(finding -> Boolean.TRUE.equals(finding.getOverflow()))
            .forEach(finding -> aside.addAll(List.of(day(finding), day(finding) + 1)));
        full += aside.size();
        compared += first.size();
        assertThat(verdicts(then, aside)).as(other::toString).isEqualTo(verdicts(first, aside));
      }
    }
    assertThat(full).as("days with a full set").isGreaterThan(CAPPED / 10);
    assertThat(compared).as("findings compared").isGreaterThan(CAPPED);
  }

  private static Map<String, Detection> findings(Entered entered, SplittableRandom random) {
    Map<String, Detection> findings = new TreeMap<>();
    new EnginedDrift(World.ENRICHMENT, entered.history().settings())
        .enter(entered.events(), random)
        .findings()
        .forEach(each -> findings.put(each.getId(), each));
    return findings;
  }

  private static int day(Detection finding) {
    return (int) (finding.getEndTime() / 86_400_000L);
  }

  private static Map<String, String> verdicts(Map<String, Detection> all, Set<Integer> aside) {
    Map<String, String> verdicts = new TreeMap<>();
    all.forEach(
        (id, each) -> {
          if (!aside.contains(day(each))) {
            verdicts.put(
                id,
                "%s %s %s %d"
                    .formatted(
                        each.getTitle(), each.getReason(), each.getSeverity(), each.getCount()));
          }
        });
    return verdicts;
  }

  @Test
  void countsMinutesAsSpecified_beyondTheCapOfASet() {
    List<Activity> events = new ArrayList<>();
    for (int minute = 0; minute < 300; minute++) {
      events.add(Told.call("declared-key", "198.19.0.60", minute));
    }
    History history =
        new History(0, Theme.PARTNER, HistoryMaker.atOnce(RuleSettings.defaults(), 256), events);
    assertThat(
            new EnginedDrift(World.ENRICHMENT, history.settings())
                .enter(events, new SplittableRandom(0))
                .verdicts())
        .extracting(Verdict::count)
        .containsExactly(256);
  }
}
