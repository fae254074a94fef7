package dev.lockstep.detections;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.day;
import static dev.lockstep.detections.PartnerCalls.BERLIN;
import static dev.lockstep.detections.PartnerCalls.CORPORATE;
import static dev.lockstep.detections.PartnerCalls.FRANKFURT_HOSTING;
import static dev.lockstep.detections.PartnerCalls.HAMBURG;
import static dev.lockstep.detections.PartnerCalls.PARIS;
import static dev.lockstep.detections.PartnerCalls.RULE;
import static dev.lockstep.detections.PartnerCalls.minute;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.PartnerDay;
import dev.lockstep.schemas.PartnerUse;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which networks of a partner are known: what days teach, and when it is forgotten. */
final class PartnerLearningTest {
  private final PartnerCalls partner = new PartnerCalls();
  private final Desk desk = partner.desk;

  @Test
  void learnsFor7Days_and50Minutes() {
    partner.learn("fabrikam-prod", BERLIN, 6, 20);
    partner.calls("fabrikam-prod", PARIS, "2026-11-20", 600);
    assertThat(desk.quiet()).as("6 days").isTrue();
    partner.calls("fabrikam-prod", BERLIN, "2026-11-07", 600);
    assertThat(desk.standing()).as("a seventh day, late").hasSize(1);
  }

  @Test
  void learnsFor50DistinctMinutes() {
    partner.learn("fabrikam-prod", BERLIN, 7, 7); // 49
    partner.calls("fabrikam-prod", BERLIN, "2026-11-07", 540); // no new minute
    partner.calls("fabrikam-prod", PARIS, "2026-11-20", 600);
    assertThat(desk.quiet()).as("49 minutes").isTrue();
    assertThat(desk.gate(RULE, "learning")).isPositive();
    partner.calls("fabrikam-prod", HAMBURG, "2026-11-07", 600);
    assertThat(desk.standing()).as("50 minutes").hasSize(1);
  }

  @Test
  void learnsFromClosedDays_only() {
    partner.learned();
    partner.calls("fabrikam-prod", PARIS, "2026-11-08", 600);
    assertThat(desk.quiet()).as("the seventh day is yesterday").isTrue();
    partner.calls("fabrikam-prod", PARIS, "2026-11-09", 600);
    assertThat(desk.standing()).as("D-2").hasSize(1);
  }

  @Test
  void learnsOnThe_whole_dayThatCompletesTheLearning() {
    partner.learned();
    partner.calls("fabrikam-prod", PARIS, "2026-11-07", 1439);
    partner.calls("fabrikam-prod", PARIS, "2026-11-19", 600);
    assertThat(desk.quiet()).isTrue();
    partner.calls("fabrikam-prod", "10.11.0.1", "2026-11-08", 0);
    partner.calls("fabrikam-prod", "10.11.0.1", "2026-11-19", 700);
    assertThat(desk.standing()).as("the day after").hasSize(1);
  }

  @Test
  void learnsWhateverTheRegistryNames_firstOfAll() {
    partner.calls("named-prod", PARIS, "2026-11-19", 600);
    assertThat(desk.quiet()).isTrue();
    assertThat(desk.gate(RULE, "learning")).isEqualTo(1);
  }

  @Test
  void knowsTheNetworksThatTheRegistryNames() {
    partner.learn("named-prod", BERLIN, 7, 8);
    partner.calls("named-prod", HAMBURG, "2026-11-19", 600); // AS64516/DE
    partner.calls("named-prod", "10.2.0.1", "2026-11-19", 600); // AS64502, anywhere
    assertThat(desk.quiet()).isTrue();
    assertThat(desk.gate(RULE, "known-network")).isEqualTo(2);
    partner.calls("named-prod", PARIS, "2026-11-19", 601);
    assertThat(desk.only().getReason()).isEqualTo("new-country");
  }

  @Test
  void learnsNothingFromCorporate_norFromRefusals() {
    partner.learn("fabrikam-prod", CORPORATE, 8, 10);
    for (int i = 1; i <= 8; i++) {
      for (int minute = 0; minute < 10; minute++) {
        desk.see(
            call(minute("2026-11-%02d".formatted(i), minute))
                .subscription("fabrikam-prod")
                .status(401)
                .from(BERLIN));
      }
    }
    partner.calls("fabrikam-prod", PARIS, "2026-11-19", 600);
    assertThat(desk.gate(RULE, "learning")).isEqualTo(1);
    assertThat(desk.gate(RULE, "corporate-egress")).isEqualTo(80);
    assertThat(desk.gate(RULE, "refused")).isEqualTo(80);
    assertThat(desk.quiet()).isTrue();
  }

  /** From the tenth to the 23rd of November. */
  private static void seenOn14Days(PartnerCalls partner, String address) {
    for (int i = 0; i < 14; i++) {
      partner.calls("fabrikam-prod", address, Days.text(day("2026-11-10") + i), 1200);
    }
  }

  @Test
  void knowsANetwork_seenOn14ClosedDays() {
    partner.learned();
    seenOn14Days(partner, HAMBURG);
    assertThat(desk.standing(RULE)).hasSize(14);
    partner.calls("fabrikam-prod", HAMBURG, "2026-11-24", 1200);
    assertThat(partner.of("2026-11-24")).as("13 of them are closed").hasSize(1);
    partner.calls("fabrikam-prod", HAMBURG, "2026-11-25", 1200);
    assertThat(partner.of("2026-11-25")).isEmpty();
  }

  @Test
  void forgetsANetwork_whose14DaysLieMoreThan60DaysBack() {
    partner.learned();
    seenOn14Days(partner, HAMBURG);
    int oldest = day("2026-11-10");
    partner.calls("fabrikam-prod", HAMBURG, Days.text(oldest + 61), 1200);
    assertThat(partner.of(Days.text(oldest + 61)))
        .as("D-61 is the oldest day that counts")
        .isEmpty();
    PartnerCalls later = new PartnerCalls();
    later.learned();
    seenOn14Days(later, HAMBURG);
    later.calls("fabrikam-prod", HAMBURG, Days.text(oldest + 62), 1200);
    assertThat(later.desk.standing(RULE)).hasSize(15);
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
    assertThat(desk.quiet()).isTrue();
    partner.calls("windowed-prod", PARIS, "2026-11-12", 600); // its day is not closed yet
    assertThat(desk.only().getReason()).isEqualTo("new-country");
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
    Desk small = smallDesk();
    for (int minute = 0; minute < 56; minute++) {
      small.see(german(9, "2026-10-%02d".formatted(minute / 8 + 1), minute));
    }
    for (int i = 0; i < 14; i++) {
      String date = Days.text(day("2026-11-01") + i);
      for (int round = 0; round < 4; round++) {
        for (int network = 0; network < 6; network++) {
          if ((first >> network & 1) == (round % 3 == 0 ? 1 : 0)) {
            small.see(german(network, date, 600 + round));
          }
        }
      }
    }
    for (int network = 0; network < 6; network++) {
      small.see(german(network, Days.text(day("2026-11-20") + network), 600));
    }
    return small.standing(RULE).stream()
        .filter(finding -> Days.of(finding.getStartTime()) >= day("2026-11-20"))
        .map(Detection::getId)
        .toList();
  }

  private static Desk smallDesk() {
    RuleSettings defaults = RuleSettings.defaults();
    return new Desk(
        new RuleSettings(
            defaults.travel(), defaults.token(), defaults.drift(), defaults.defender(), 3, 0));
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
  void forgetsDaysThatTeachNothingAnyMore() {
    PartnerTimeline timeline = new PartnerTimeline();
    for (int day = 0; day < 100; day++) {
      timeline.set(day, page(day == 40));
    }
    RuleSettings.Drift drift = new RuleSettings.Drift(true, false, 7, 7, 14, 60);
    Set<Integer> forgotten = timeline.forget(90, drift);
    assertThat(forgotten)
        .as("neither what completed the learning, nor what a change window made known")
        .hasSize(82)
        .contains(7, 39, 41, 89)
        .doesNotContain(6, 40, 90);
    assertThat(timeline.from(0)).hasSize(18);
  }

  @Test
  void forgetsNothing_beforeTheLearningIsDone() {
    PartnerTimeline timeline = new PartnerTimeline();
    for (int day = 0; day < 100; day++) {
      timeline.set(day, page(false));
    }
    RuleSettings.Drift drift = new RuleSettings.Drift(true, false, 101, 7, 14, 60);
    assertThat(timeline.forget(90, drift)).isEmpty();
  }

  /** A day with a call. */
  private static PartnerDay page(boolean inChangeWindow) {
    Cited cited = new Cited("GatewayLogs", "e", 0L, 0L, new Where("t", null, null, 0, 0L, 0));
    Spot spot = new Spot(BERLIN, "10.12.0.0/24", 64_512L, null, "DE", "unknown", null);
    PartnerUse use =
        new PartnerUse(
            spot, false, inChangeWindow, ByteBuffer.wrap(new byte[] {1}), List.of(), cited, cited);
    return new PartnerDay(List.of(use), List.of(), false, null, false);
  }
}
