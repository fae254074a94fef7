package dev.lockstep.detections.partner;

import static dev.lockstep.detections.partner.PartnerRun.BERLIN;
import static dev.lockstep.detections.partner.PartnerRun.CORPORATE;
import static dev.lockstep.detections.partner.PartnerRun.FRANKFURT_HOSTING;
import static dev.lockstep.detections.partner.PartnerRun.HAMBURG;
import static dev.lockstep.detections.partner.PartnerRun.PARIS;
import static dev.lockstep.detections.partner.PartnerRun.later;
import static dev.lockstep.detections.partner.PartnerRun.minute;
import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.rules.Learned;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.kit.KitEngine;
import dev.lockstep.rules.kit.RuleCheck;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Networks of a partner that are known: taught by days, and evicted. */
final class KnownNetworksTest {
  private final PartnerRun partner = new PartnerRun();

  @Test
  void learnsFor7Days_and50Minutes() {
    partner.learn("fabrikam-prod", BERLIN, 6, 20);
    partner.calls("fabrikam-prod", PARIS, "2026-11-20", 600);
    assertThat(partner.hasNoFinding()).as("6 days").isTrue();
    partner.calls("fabrikam-prod", BERLIN, "2026-11-07", 600);
    assertThat(partner.run.findings()).as("a seventh day, late").hasSize(1);
  }

  @Test
  void learnsFor50DistinctMinutes() {
    partner.learn("fabrikam-prod", BERLIN, 7, 7); // 49
    partner.calls("fabrikam-prod", BERLIN, "2026-11-07", 540); // no new minute
    partner.calls("fabrikam-prod", PARIS, "2026-11-20", 600);
    assertThat(partner.hasNoFinding()).as("49 minutes").isTrue();
    assertThat(partner.gate("learning")).isPositive();
    partner.calls("fabrikam-prod", HAMBURG, "2026-11-07", 600);
    assertThat(partner.run.findings()).as("50 minutes").hasSize(1);
  }

  @Test
  void learnsFromClosedDays_only() {
    partner.learned();
    partner.calls("fabrikam-prod", PARIS, "2026-11-08", 600);
    assertThat(partner.hasNoFinding()).as("the seventh day is yesterday").isTrue();
    partner.calls("fabrikam-prod", PARIS, "2026-11-09", 600);
    assertThat(partner.run.findings()).as("D-2").hasSize(1);
  }

  @Test
  void learnsOnThe_whole_dayThatCompletesTheLearning() {
    partner.learned();
    partner.calls("fabrikam-prod", PARIS, "2026-11-07", 1439);
    partner.calls("fabrikam-prod", PARIS, "2026-11-19", 600);
    assertThat(partner.hasNoFinding()).isTrue();
    partner.calls("fabrikam-prod", "10.11.0.1", "2026-11-08", 0);
    partner.calls("fabrikam-prod", "10.11.0.1", "2026-11-19", 700);
    assertThat(partner.run.findings()).as("the day after").hasSize(1);
  }

  @Test
  void learnsWhateverTheRegistryNames_firstOfAll() {
    partner.calls("named-prod", PARIS, "2026-11-19", 600);
    assertThat(partner.hasNoFinding()).isTrue();
    assertThat(partner.gate("learning")).isEqualTo(1);
  }

  @Test
  void knowsTheNetworksThatTheRegistryNames() {
    partner.learn("named-prod", BERLIN, 7, 8);
    partner.calls("named-prod", HAMBURG, "2026-11-19", 600); // AS64516/DE
    partner.calls("named-prod", "10.2.0.1", "2026-11-19", 600); // AS64502, anywhere
    assertThat(partner.hasNoFinding()).isTrue();
    assertThat(partner.gate("known-network")).isEqualTo(2);
    partner.calls("named-prod", PARIS, "2026-11-19", 601);
    assertThat(partner.only().getReason()).isEqualTo("new-country");
  }

  @Test
  void learnsNothingFromCorporate_norFromRefusals() {
    partner.learn("fabrikam-prod", CORPORATE, 8, 10);
    for (int i = 1; i <= 8; i++) {
      for (int minute = 0; minute < 10; minute++) {
        partner.run.enter(
            call(minute("2026-11-%02d".formatted(i), minute))
                .subscription("fabrikam-prod")
                .status(401)
                .from(BERLIN));
      }
    }
    partner.calls("fabrikam-prod", PARIS, "2026-11-19", 600);
    assertThat(partner.gate("learning")).isEqualTo(1);
    assertThat(partner.gate("corporate-egress")).isEqualTo(80);
    assertThat(partner.gate("refused")).isEqualTo(80);
    assertThat(partner.hasNoFinding()).isTrue();
  }

  /** From the tenth to the 23rd of November. */
  private static void seenOn14Days(PartnerRun partner, String address) {
    for (int i = 0; i < 14; i++) {
      partner.calls("fabrikam-prod", address, later("2026-11-10", i), 1200);
    }
  }

  @Test
  void knowsANetwork_seenOn14ClosedDays() {
    partner.learned();
    seenOn14Days(partner, HAMBURG);
    assertThat(partner.run.findings()).hasSize(14);
    partner.calls("fabrikam-prod", HAMBURG, "2026-11-24", 1200);
    assertThat(partner.of("2026-11-24")).as("13 of them are closed").hasSize(1);
    partner.calls("fabrikam-prod", HAMBURG, "2026-11-25", 1200);
    assertThat(partner.of("2026-11-25")).isEmpty();
  }

  @Test
  void forgetsANetwork_whose14DaysLieMoreThan60DaysBack() {
    partner.learned();
    seenOn14Days(partner, HAMBURG);
    partner.calls("fabrikam-prod", HAMBURG, later("2026-11-10", 61), 1200);
    assertThat(partner.of(later("2026-11-10", 61)))
        .as("D-61 is the oldest day that counts")
        .isEmpty();
    PartnerRun late = new PartnerRun();
    late.learned();
    seenOn14Days(late, HAMBURG);
    late.calls("fabrikam-prod", HAMBURG, later("2026-11-10", 62), 1200);
    assertThat(late.run.findings()).hasSize(15);
  }

  @Test
  void neverKnowsANetwork_thatWasHostingOrOfANewCountry_inThatTime() {
    partner.learned();
    seenOn14Days(partner, FRANKFURT_HOSTING);
    seenOn14Days(partner, PARIS);
    partner.calls("fabrikam-prod", FRANKFURT_HOSTING, "2026-11-26", 1200);
    partner.calls("fabrikam-prod", PARIS, "2026-11-26", 1200);
    assertThat(partner.of("2026-11-26"))
        .extracting(Detection::getReason)
        .containsExactlyInAnyOrder("hosting", "new-country");
  }

  @Test
  void knowsWhatWasSeenInsideAChangeWindow_onceItsDayIsClosed() {
    partner.learn("windowed-prod", BERLIN, 7, 8);
    partner.calls("windowed-prod", HAMBURG, "2026-11-10", 900); // inside
    partner.calls("windowed-prod", PARIS, "2026-11-11", 600); // inside, a new country
    partner.calls("windowed-prod", HAMBURG, "2026-11-12", 600); // known since the 10th is closed
    partner.calls("windowed-prod", PARIS, "2026-11-13", 600); // known since the 11th is closed
    partner.calls("windowed-prod", PARIS, "2027-02-13", 600); // for good
    assertThat(partner.hasNoFinding()).isTrue();
    partner.calls("windowed-prod", PARIS, "2026-11-12", 600); // its day is not closed yet
    assertThat(partner.only().getReason()).isEqualTo("new-country");
  }

  @Test
  void learnsTheSame_inAnyOrder_fromDaysWithMoreFindingsThanAreKept() {
    List<String> known = null;
    for (int first = 0; first < 64; first++) {
      if (Integer.bitCount(first) == 3) {
        List<String> then = knownAfterCrowdedDays(first);
        known = known == null ? then : known;
        assertThat(then).as("those of %s first", Integer.toBinaryString(first)).isEqualTo(known);
      }
    }
  }

  /**
   * Returns the networks that fire after a fortnight of six new ones a day, where three are kept.
   *
   * @param first those that call first of all each day and last of all, as a set of bits
   */
  private static List<String> knownAfterCrowdedDays(int first) {
    KitEngine.Run small = RuleCheck.of(new PartnerIpDrift()).setCap(3).with(PartnerRun.WORLD).run();
    for (int minute = 0; minute < 56; minute++) {
      small.enter(german(9, "2026-10-%02d".formatted(minute / 8 + 1), minute));
    }
    for (int i = 0; i < 14; i++) {
      String date = later("2026-11-01", i);
      for (int round = 0; round < 4; round++) {
        for (int network = 0; network < 6; network++) {
          if ((first >> network & 1) == (round % 3 == 0 ? 1 : 0)) {
            small.enter(german(network, date, 600 + round));
          }
        }
      }
    }
    for (int network = 0; network < 6; network++) {
      small.enter(german(network, later("2026-11-20", network), 600));
    }
    return small.findings().stream()
        .filter(finding -> finding.getStartTime() >= minute("2026-11-20", 0))
        .map(Detection::getId)
        .toList();
  }

  /** A call from one of several networks of Germany that no list knows. */
  private static Activity german(int network, String date, int minuteOfDay) {
    Activity call =
        call(minute(date, minuteOfDay))
            .subscription("fabrikam-prod")
            .from("30.0.%d.1".formatted(network))
            .in("DE", null, 50, 8)
            .build();
    call.getGeo().setAsn(64_700L + network);
    return call;
  }

  @Test
  void remembersTheDaysThatCompletedTheLearning_andThoseOfAChangeWindow() {
    NavigableMap<Integer, Map<String, Integer>> lessons = new TreeMap<>();
    for (int day = 0; day < 100; day++) {
      String seen = "seen:AS64512/DE";
      lessons.put(
          day,
          day == 40
              ? Map.of(seen, 0, "minutes", 1, "window:AS64512/DE", 0)
              : Map.of(seen, 0, "minutes", 1));
    }
    assertThat(remembered(lessons, 7)).containsExactly(0, 1, 2, 3, 4, 5, 6, 40);
    assertThat(remembered(lessons, 101)).as("before it is completed").hasSize(100);
  }

  private static List<Integer> remembered(
      NavigableMap<Integer, Map<String, Integer>> lessons, int minutes) {
    Learned learned =
        new Learned() {
          @Override
          public NavigableSet<Integer> days() {
            return lessons.navigableKeySet();
          }

          @Override
          public Map<String, Integer> on(int day) {
            return lessons.getOrDefault(day, Map.of());
          }
        };
    PartnerIpDrift rule = new PartnerIpDrift();
    Settings settings =
        Settings.of(rule.info(), true, false, 256, Map.of("learningMinutes", (double) minutes));
    return lessons.keySet().stream()
        .filter(day -> rule.keepsLessons(day, learned, settings))
        .toList();
  }

  @Test
  void stillKnows_whatALongForgottenWeekTaught() {
    partner.learned();
    partner.calls("fabrikam-prod", BERLIN, "2027-11-19", 600);
    partner.run.restart();
    partner.calls("fabrikam-prod", BERLIN, "2027-11-25", 600);
    partner.calls("fabrikam-prod", PARIS, "2027-11-25", 600);
    assertThat(partner.only().getReason()).isEqualTo("new-country");
    assertThat(partner.only().getDescription())
        .endsWith("Known: AS64512/DE; learned from 7 days with calls in 56 minutes.");
  }

  @Test
  void stillKnows_whatALongForgottenWeekTaught_afterItsOtherStateWasEvicted() {
    PartnerIpDrift rule = new PartnerIpDrift();
    ActiveRule active =
        new ActiveRule(0, rule, Settings.of(rule.info(), true, false, 256, Map.of()));
    LocalEngine engine =
        new LocalEngine(List.of(active), PartnerRun.WORLD, new MemoryRecords(), 100);
    for (int i = 1; i <= 7; i++) {
      for (int minute = 540; minute < 548; minute++) {
        engine.enter(calledFrom(BERLIN, minute("2026-11-%02d".formatted(i), minute)));
      }
    }
    engine.advance(minute("2027-11-18", 0));
    engine.sweep();
    engine.restart();
    engine.enter(calledFrom(PARIS, minute("2027-11-25", 600)));
    assertThat(engine.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.getReason()).isEqualTo("new-country"));
  }

  private static Activity calledFrom(String address, long at) {
    return call(at).subscription("fabrikam-prod").from(address).build();
  }

  @Test
  void retractsAFinding_afterARestart_onceALateDayMakesItsNetworkKnown() {
    partner.learned();
    seenOn14Days(partner, HAMBURG);
    partner.calls("fabrikam-prod", HAMBURG, "2026-11-24", 1200);
    assertThat(partner.of("2026-11-24")).as("13 days are closed").hasSize(1);
    partner.run.restart();
    partner.calls("fabrikam-prod", HAMBURG, "2026-11-09", 1200);
    assertThat(partner.of("2026-11-24")).isEmpty();
  }
}
