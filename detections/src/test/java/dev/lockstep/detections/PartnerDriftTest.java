package dev.lockstep.detections;

import static dev.lockstep.detections.ActivityBuilder.at;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.day;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.PartnerDay;
import dev.lockstep.schemas.PartnerUse;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PartnerDriftTest {
  private static final String RULE = "partner-ip-drift";
  private static final String BERLIN = "10.12.0.1"; // AS64512, DE
  private static final String HAMBURG = "10.16.0.1"; // AS64516, DE
  private static final String FRANKFURT_HOSTING = "10.14.0.1"; // AS64514, DE
  private static final String PARIS = "10.15.0.1"; // AS64512, FR
  private static final String CORPORATE = "10.7.0.1";
  private static final String NOWHERE = "10.99.0.1";

  private final Desk desk = new Desk();

  private static long minute(String date, int minuteOfDay) {
    return at(date + "T00:00:00Z") + minuteOfDay * 60_000L;
  }

  private void calls(String subscription, String address, String date, int... minutes) {
    for (int minute : minutes) {
      desk.see(call(minute(date, minute)).subscription(subscription).from(address));
    }
  }

  /** Teaches a partner on the first days of November, in so many minutes a day. */
  private void learn(String subscription, String address, int days, int minutesADay) {
    for (int i = 1; i <= days; i++) {
      for (int minute = 0; minute < minutesADay; minute++) {
        desk.see(
            call(minute("2026-11-%02d".formatted(i), 540 + minute))
                .subscription(subscription)
                .from(address));
      }
    }
  }

  private void learned() {
    learn("fabrikam-prod", BERLIN, 7, 8);
  }

  private List<Detection> of(String date) {
    return desk.standing(RULE).stream()
        .filter(finding -> Days.of(finding.getStartTime()) == day(date))
        .toList();
  }

  private Detection fires(String address, String date) {
    calls("fabrikam-prod", address, date, 1200);
    List<Detection> findings = of(date);
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }

  @Test
  void isQuiet_insideDeclaredRanges() {
    calls("declared-prod", "10.1.5.77", "2026-11-19", 600);
    desk.see(call("2026-11-19T10:00:00Z").subscription("declared-prod").from("2001:db8:5::1"));
    assertThat(desk.quiet()).isTrue();
    assertThat(desk.gate(RULE, "declared")).isEqualTo(2);
  }

  @Test
  void fires_outsideDeclaredRanges_fromTheFirstCallOn() {
    calls("declared-prod", "10.1.6.1", "2026-11-19", 600, 600, 601, 700);
    Detection finding = desk.only();
    assertThat(finding.getReason()).isEqualTo("outside-allowlist");
    assertThat(finding.getSeverity()).isEqualTo(Severity.High);
    assertThat(finding.getCount()).as("distinct minutes").isEqualTo(3);
    assertThat(Objects.requireNonNull(finding.getPartner()).getId()).isEqualTo("declared");
  }

  @Test
  void stopsCounting_whereASetIsFull_andSaysSo() {
    for (int minute = 0; minute < 256; minute++) {
      calls("declared-prod", "10.1.6.1", "2026-11-19", 300 + minute);
    }
    assertThat(desk.only().getCount()).isEqualTo(256);
    assertThat(desk.only().getOverflow()).isNull();
    for (int minute = 256; minute < 300; minute++) {
      calls("declared-prod", "10.1.6.1", "2026-11-19", 300 + minute);
    }
    assertThat(desk.only().getCount()).isEqualTo(256);
    assertThat(desk.only().getOverflow()).isTrue();
    assertThat(desk.only().getEndTime()).isEqualTo(minute("2026-11-19", 599));
  }

  @Test
  void makesOneFinding_aPrefixOutsideDeclaredRanges() {
    calls("declared-prod", "10.1.6.1", "2026-11-19", 600);
    calls("declared-prod", "10.1.6.9", "2026-11-19", 601);
    calls("declared-prod", "10.1.7.1", "2026-11-19", 602);
    assertThat(desk.standing()).extracting(Detection::getCount).containsExactlyInAnyOrder(2, 1);
  }

  @Test
  void isQuiet_insideAChangeWindow_outsideDeclaredRanges() {
    calls("declared-prod", "10.1.6.1", "2026-11-10", 0, 1439);
    assertThat(desk.quiet()).isTrue();
    assertThat(desk.gate(RULE, "change-window")).isEqualTo(2);
    calls("declared-prod", "10.1.6.1", "2026-11-11", 0);
    calls("declared-prod", "10.1.6.1", "2026-11-09", 1439);
    assertThat(desk.standing()).hasSize(2);
  }

  @Test
  void learnsFor7Days_and50Minutes() {
    learn("fabrikam-prod", BERLIN, 6, 20);
    calls("fabrikam-prod", PARIS, "2026-11-20", 600);
    assertThat(desk.quiet()).as("6 days").isTrue();
    calls("fabrikam-prod", BERLIN, "2026-11-07", 600);
    assertThat(desk.standing()).as("a seventh day, late").hasSize(1);
  }

  @Test
  void learnsFor50DistinctMinutes() {
    learn("fabrikam-prod", BERLIN, 7, 7); // 49
    calls("fabrikam-prod", BERLIN, "2026-11-07", 540); // no new minute
    calls("fabrikam-prod", PARIS, "2026-11-20", 600);
    assertThat(desk.quiet()).as("49 minutes").isTrue();
    assertThat(desk.gate(RULE, "learning")).isPositive();
    calls("fabrikam-prod", HAMBURG, "2026-11-07", 600);
    assertThat(desk.standing()).as("50 minutes").hasSize(1);
  }

  @Test
  void learnsFromClosedDays_only() {
    learned();
    calls("fabrikam-prod", PARIS, "2026-11-08", 600);
    assertThat(desk.quiet()).as("the seventh day is yesterday").isTrue();
    calls("fabrikam-prod", PARIS, "2026-11-09", 600);
    assertThat(desk.standing()).as("D-2").hasSize(1);
  }

  @Test
  void learnsOnThe_whole_dayThatCompletesTheLearning() {
    learned();
    calls("fabrikam-prod", PARIS, "2026-11-07", 1439);
    calls("fabrikam-prod", PARIS, "2026-11-19", 600);
    assertThat(desk.quiet()).isTrue();
    calls("fabrikam-prod", "10.11.0.1", "2026-11-08", 0);
    calls("fabrikam-prod", "10.11.0.1", "2026-11-19", 700);
    assertThat(desk.standing()).as("the day after").hasSize(1);
  }

  @Test
  void learnsWhateverTheRegistryNames_firstOfAll() {
    calls("named-prod", PARIS, "2026-11-19", 600);
    assertThat(desk.quiet()).isTrue();
    assertThat(desk.gate(RULE, "learning")).isEqualTo(1);
  }

  @Test
  void knowsTheNetworksThatTheRegistryNames() {
    learn("named-prod", BERLIN, 7, 8);
    calls("named-prod", HAMBURG, "2026-11-19", 600); // AS64516/DE
    calls("named-prod", "10.2.0.1", "2026-11-19", 600); // AS64502, anywhere
    assertThat(desk.quiet()).isTrue();
    assertThat(desk.gate(RULE, "known-network")).isEqualTo(2);
    calls("named-prod", PARIS, "2026-11-19", 601);
    assertThat(desk.only().getReason()).isEqualTo("new-country");
  }

  @Test
  void fires_fromANewCountry() {
    learned();
    Detection finding = fires(PARIS, "2026-11-19");
    assertThat(finding.getReason()).isEqualTo("new-country");
    assertThat(finding.getSeverity()).isEqualTo(Severity.High);
  }

  @Test
  void fires_fromAHostingNetwork_ofAKnownCountry() {
    learned();
    Detection finding = fires(FRANKFURT_HOSTING, "2026-11-19");
    assertThat(finding.getReason()).isEqualTo("hosting");
    assertThat(finding.getSeverity()).isEqualTo(Severity.High);
  }

  @Test
  void putsTheNewCountryBeforeHosting() {
    learned();
    assertThat(fires("10.3.0.1", "2026-11-19").getReason()).isEqualTo("new-country");
    assertThat(fires("10.4.0.1", "2026-11-20").getReason()).isEqualTo("new-country");
  }

  @Test
  void fires_fromANewNetwork_ofAKnownCountry() {
    learned();
    Detection finding = fires(HAMBURG, "2026-11-19");
    assertThat(finding.getReason()).isEqualTo("new-network");
    assertThat(finding.getSeverity()).isEqualTo(Severity.Medium);
  }

  @ParameterizedTest
  @CsvSource({"1140,true", "1139,false", "1260,true", "1261,false"})
  void isRaised_whereAKnownNetworkCallsWithinAnHour(int minute, boolean raised) {
    learned();
    calls("fabrikam-prod", BERLIN, "2026-11-19", minute);
    assertThat(fires(HAMBURG, "2026-11-19").getSeverity())
        .isEqualTo(raised ? Severity.High : Severity.Medium);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-19T11:00:30Z,true",
    "2026-11-19T11:00:29.999Z,false",
    "2026-11-19T13:00:30Z,true",
    "2026-11-19T13:00:30.001Z,false"
  })
  void isRaised_whereTheOnlyKnownCallLiesWithinAnHour_toTheMillisecond(
      String time, boolean raised) {
    learned();
    ActivityBuilder known = call(time).subscription("fabrikam-prod").from(BERLIN);
    desk.see(call("2026-11-19T12:00:30Z").subscription("fabrikam-prod").from(HAMBURG), known);
    assertThat(of("2026-11-19").get(0).getSeverity())
        .isEqualTo(raised ? Severity.High : Severity.Medium);
  }

  @Test
  void isRaisedByTheMinute_whereAKnownCallIsNeitherTheFirstNorTheLast_inAnyOrder() {
    List<String> known =
        List.of("2026-11-19T10:00:00Z", "2026-11-19T11:00:00Z", "2026-11-19T18:00:00Z");
    for (List<Integer> order : List.of(List.of(0, 1, 2), List.of(2, 1, 0), List.of(1, 2, 0))) {
      Desk own = new Desk();
      for (int i = 1; i <= 10; i++) {
        for (int minute = 0; minute < 6; minute++) {
          own.see(
              call(minute("2026-11-%02d".formatted(i), 540 + minute))
                  .subscription("fabrikam-prod")
                  .from(BERLIN));
        }
      }
      own.see(call("2026-11-19T12:00:30Z").subscription("fabrikam-prod").from(HAMBURG));
      for (int i : order) {
        own.see(call(known.get(i)).subscription("fabrikam-prod").from(BERLIN));
      }
      assertThat(own.only().getSeverity()).as("order %s", order).isEqualTo(Severity.High);
    }
  }

  @ParameterizedTest
  @CsvSource({"1140,true", "1139,false", "1260,true", "1261,false"})
  void isRaised_whenTheKnownNetworkIsSeenAfterwards(int minute, boolean raised) {
    learned();
    assertThat(fires(HAMBURG, "2026-11-19").getSeverity()).isEqualTo(Severity.Medium);
    calls("fabrikam-prod", BERLIN, "2026-11-19", minute);
    assertThat(of("2026-11-19").get(0).getSeverity())
        .isEqualTo(raised ? Severity.High : Severity.Medium);
    assertThat(of("2026-11-19").get(0).getRevision()).isEqualTo(raised ? 2 : 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isRaised_overMidnight(boolean knownFirst) {
    learned();
    for (int step = 0; step < 2; step++) {
      if ((step == 0) == knownFirst) {
        calls("fabrikam-prod", BERLIN, "2026-11-18", 1420);
        calls("fabrikam-prod", BERLIN, "2026-11-20", 20);
      } else {
        calls("fabrikam-prod", HAMBURG, "2026-11-19", 40);
        calls("fabrikam-prod", "10.16.9.9", "2026-11-20", 1000);
        calls("fabrikam-prod", HAMBURG, "2026-11-21", 1439);
        calls("fabrikam-prod", BERLIN, "2026-11-22", 59);
      }
    }
    assertThat(of("2026-11-19").get(0).getSeverity()).as("60 minutes").isEqualTo(Severity.High);
    assertThat(of("2026-11-20").get(0).getSeverity()).isEqualTo(Severity.Medium);
    assertThat(of("2026-11-21").get(0).getSeverity()).as("60 minutes").isEqualTo(Severity.High);
  }

  @Test
  void isNotRaised_byCorporateCalls() {
    learned();
    calls("fabrikam-prod", CORPORATE, "2026-11-19", 1200);
    assertThat(fires(HAMBURG, "2026-11-19").getSeverity()).isEqualTo(Severity.Medium);
  }

  @Test
  void isQuiet_whereNothingIsKnownOfTheNetwork() {
    learned();
    calls("fabrikam-prod", NOWHERE, "2026-11-19", 600);
    assertThat(desk.quiet()).isTrue();
    assertThat(desk.gate(RULE, "no-network")).isEqualTo(1);
  }

  @Test
  void learnsNothingFromCorporate_norFromRefusals() {
    learn("fabrikam-prod", CORPORATE, 8, 10);
    for (int i = 1; i <= 8; i++) {
      for (int minute = 0; minute < 10; minute++) {
        desk.see(
            call(minute("2026-11-%02d".formatted(i), minute))
                .subscription("fabrikam-prod")
                .status(401)
                .from(BERLIN));
      }
    }
    calls("fabrikam-prod", PARIS, "2026-11-19", 600);
    assertThat(desk.gate(RULE, "learning")).isEqualTo(1);
    assertThat(desk.gate(RULE, "corporate-egress")).isEqualTo(80);
    assertThat(desk.gate(RULE, "refused")).isEqualTo(80);
    assertThat(desk.quiet()).isTrue();
  }

  private void seenOn14Days(String address, String from) {
    for (int i = 0; i < 14; i++) {
      calls("fabrikam-prod", address, Days.text(day(from) + i), 1200);
    }
  }

  @Test
  void knowsANetwork_seenOn14ClosedDays() {
    learned();
    seenOn14Days(HAMBURG, "2026-11-10"); // to the 23rd
    assertThat(desk.standing(RULE)).hasSize(14);
    calls("fabrikam-prod", HAMBURG, "2026-11-24", 1200);
    assertThat(of("2026-11-24")).as("13 of them are closed").hasSize(1);
    calls("fabrikam-prod", HAMBURG, "2026-11-25", 1200);
    assertThat(of("2026-11-25")).isEmpty();
  }

  @Test
  void forgetsANetwork_whose14DaysLieMoreThan60DaysBack() {
    learned();
    seenOn14Days(HAMBURG, "2026-11-10");
    int oldest = day("2026-11-10");
    calls("fabrikam-prod", HAMBURG, Days.text(oldest + 61), 1200);
    assertThat(of(Days.text(oldest + 61))).as("D-61 is the oldest day that counts").isEmpty();
    Desk later = new Desk();
    for (int i = 1; i <= 7; i++) {
      for (int minute = 0; minute < 8; minute++) {
        later.see(
            call(minute("2026-11-%02d".formatted(i), minute))
                .subscription("fabrikam-prod")
                .from(BERLIN));
      }
    }
    for (int i = 0; i < 14; i++) {
      later.see(
          call(minute(Days.text(oldest + i), 1200)).subscription("fabrikam-prod").from(HAMBURG));
    }
    later.see(
        call(minute(Days.text(oldest + 62), 1200)).subscription("fabrikam-prod").from(HAMBURG));
    assertThat(later.standing(RULE)).hasSize(15);
  }

  @Test
  void neverKnowsANetwork_thatWasHostingOrOfANewCountry_inThatTime() {
    learned();
    seenOn14Days(FRANKFURT_HOSTING, "2026-11-10");
    seenOn14Days(PARIS, "2026-11-10");
    calls("fabrikam-prod", FRANKFURT_HOSTING, "2026-11-26", 1200);
    calls("fabrikam-prod", PARIS, "2026-11-26", 1200);
    assertThat(of("2026-11-26"))
        .extracting(Detection::getReason)
        .containsExactlyInAnyOrder("hosting", "new-country");
  }

  @Test
  void knowsWhatWasSeenInsideAChangeWindow_onceItsDayIsClosed() {
    learn("windowed-prod", BERLIN, 7, 8);
    calls("windowed-prod", HAMBURG, "2026-11-10", 900); // inside
    calls("windowed-prod", PARIS, "2026-11-11", 600); // inside, a new country
    calls("windowed-prod", HAMBURG, "2026-11-12", 600); // known since the 10th is closed
    calls("windowed-prod", PARIS, "2026-11-13", 600); // known since the 11th is closed
    calls("windowed-prod", PARIS, "2027-02-13", 600); // for good
    assertThat(desk.quiet()).isTrue();
    calls("windowed-prod", PARIS, "2026-11-12", 600); // its day is not closed yet
    assertThat(desk.only().getReason()).isEqualTo("new-country");
  }

  @Test
  void isQuiet_aboutANewNetwork_untilTheSecondDayAfterTheWindow() {
    learn("windowed-prod", BERLIN, 7, 8);
    calls("windowed-prod", HAMBURG, "2026-11-11", 720); // the window's end
    calls("windowed-prod", HAMBURG, "2026-11-13", 1439);
    assertThat(desk.quiet()).isTrue();
    assertThat(desk.gate(RULE, "change-window")).isEqualTo(2);
    calls("windowed-prod", HAMBURG, "2026-11-14", 0);
    assertThat(desk.only().getReason()).isEqualTo("new-network");
  }

  @Test
  void isNotQuiet_aboutHostingOrANewCountry_afterTheWindow() {
    learn("windowed-prod", BERLIN, 7, 8);
    calls("windowed-prod", FRANKFURT_HOSTING, "2026-11-11", 720);
    calls("windowed-prod", PARIS, "2026-11-11", 720);
    assertThat(desk.standing())
        .extracting(Detection::getReason)
        .containsExactlyInAnyOrder("hosting", "new-country");
  }

  @Test
  void countsOnlyTheMinutesThatFired_andEndsWithThem() {
    learn("windowed-prod", BERLIN, 7, 8);
    calls("windowed-prod", HAMBURG, "2026-11-10", 600, 719, 720, 800); // the window opens at 720
    Detection finding = desk.only();
    assertThat(finding.getCount()).isEqualTo(2);
    assertThat(finding.getStartTime()).isEqualTo(minute("2026-11-10", 600));
    assertThat(finding.getEndTime()).isEqualTo(minute("2026-11-10", 719));
  }

  @Test
  void makesOneFinding_aNetworkAndDay() {
    learned();
    calls("fabrikam-prod", HAMBURG, "2026-11-19", 600);
    calls("fabrikam-prod", "10.16.44.1", "2026-11-19", 600, 601);
    calls("fabrikam-prod", HAMBURG, "2026-11-20", 600);
    assertThat(desk.standing()).extracting(Detection::getCount).containsExactlyInAnyOrder(2, 1);
  }

  @Test
  void findsThePartner_bySubscription_thenProduct_thenApp() {
    Meanings meanings =
        Meanings.of(
            call("2026-11-19T10:00:00Z")
                .subscription("FABRIKAM-prod")
                .product("other")
                .from(BERLIN)
                .build(),
            call("2026-11-19T10:00:00Z")
                .subscription("other")
                .product("freight")
                .from(BERLIN)
                .build(),
            call("2026-11-19T10:00:00Z")
                .from(BERLIN)
                .presents("t", "x")
                .app("11111111-2222-3333-4444-555555555555")
                .build(),
            call("2026-11-19T10:00:00Z")
                .from(BERLIN)
                .claimsOnly("t", "x")
                .app("11111111-2222-3333-4444-555555555555")
                .build());
    assertThat(meanings.partners)
        .hasSize(3)
        .allSatisfy(sighting -> assertThat(sighting.getSubject()).isEqualTo("fabrikam"));
    assertThat(meanings.sees(RULE, "callsOfNoPartner")).as("unvalidated").isEqualTo(1);
  }

  @Test
  void countsCallsWhoseAddressCannotBeBelieved() {
    Meanings meanings =
        Meanings.of(
            call("2026-11-19T10:00:00Z")
                .subscription("fabrikam-prod")
                .from("10.9.0.1")
                .forwarded(null, "10.12.0.1, not-an-address")
                .build());
    assertThat(meanings.partners).isEmpty();
    assertThat(meanings.gate(RULE, "no-address")).isEqualTo(1);
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
