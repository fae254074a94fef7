package dev.lockstep.detections.partner;

import static dev.lockstep.detections.partner.PartnerRun.BERLIN;
import static dev.lockstep.detections.partner.PartnerRun.CORPORATE;
import static dev.lockstep.detections.partner.PartnerRun.FRANKFURT_HOSTING;
import static dev.lockstep.detections.partner.PartnerRun.HAMBURG;
import static dev.lockstep.detections.partner.PartnerRun.PARIS;
import static dev.lockstep.detections.partner.PartnerRun.minute;
import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.rules.Event;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of a partner that fire, with their reasons and severities. */
final class PartnerIpDriftTest {
  private static final String NOWHERE = "10.99.0.1";

  private final PartnerRun partner = new PartnerRun();

  @Test
  void isQuiet_insideDeclaredRanges() {
    partner.calls("declared-prod", "10.1.5.77", "2026-11-19", 600);
    partner.run.enter(
        call("2026-11-19T10:00:00Z").subscription("declared-prod").from("2001:db8:5::1"));
    assertThat(partner.hasNoFinding()).isTrue();
    assertThat(partner.gate("declared")).isEqualTo(2);
  }

  @Test
  void fires_outsideDeclaredRanges_fromTheFirstCallOn() {
    partner.calls("declared-prod", "10.1.6.1", "2026-11-19", 600, 600, 601, 700);
    Detection finding = partner.only();
    assertThat(finding.getReason()).isEqualTo("outside-allowlist");
    assertThat(finding.getSeverity()).isEqualTo(Severity.High);
    assertThat(finding.getCount()).as("distinct minutes").isEqualTo(3);
    assertThat(Objects.requireNonNull(finding.getPartner()).getId()).isEqualTo("declared");
  }

  @Test
  void stopsCounting_whereASetIsFull_andSaysSo() {
    for (int minute = 0; minute < 256; minute++) {
      partner.calls("declared-prod", "10.1.6.1", "2026-11-19", 300 + minute);
    }
    assertThat(partner.only().getCount()).isEqualTo(256);
    assertThat(partner.only().getOverflow()).isNull();
    for (int minute = 256; minute < 300; minute++) {
      partner.calls("declared-prod", "10.1.6.1", "2026-11-19", 300 + minute);
    }
    assertThat(partner.only().getCount()).isEqualTo(256);
    assertThat(partner.only().getOverflow()).isTrue();
    assertThat(partner.only().getEndTime()).isEqualTo(minute("2026-11-19", 599));
  }

  @Test
  void makesOneFinding_aPrefixOutsideDeclaredRanges() {
    partner.calls("declared-prod", "10.1.6.1", "2026-11-19", 600);
    partner.calls("declared-prod", "10.1.6.9", "2026-11-19", 601);
    partner.calls("declared-prod", "10.1.7.1", "2026-11-19", 602);
    assertThat(partner.run.findings())
        .extracting(Detection::getCount)
        .containsExactlyInAnyOrder(2, 1);
  }

  @Test
  void tellsOfTheFirstCall_ofAllPrefixesOfANetwork() {
    partner.learned();
    partner.calls("fabrikam-prod", HAMBURG, "2026-11-19", 540);
    partner.calls("fabrikam-prod", "10.16.7.1", "2026-11-19", 700);
    partner.calls("fabrikam-prod", BERLIN, "2026-11-19", 701);
    assertThat(partner.only().getSeverity()).isEqualTo(Severity.High);
    assertThat(partner.only().getDescription())
        .contains("in 2 different minutes of 2026-11-19, first at 2026-11-19 09:00:00 UTC");
  }

  @Test
  void isQuiet_insideAChangeWindow_outsideDeclaredRanges() {
    partner.calls("declared-prod", "10.1.6.1", "2026-11-10", 0, 1439);
    assertThat(partner.hasNoFinding()).isTrue();
    assertThat(partner.gate("change-window")).isEqualTo(2);
    partner.calls("declared-prod", "10.1.6.1", "2026-11-11", 0);
    partner.calls("declared-prod", "10.1.6.1", "2026-11-09", 1439);
    assertThat(partner.run.findings()).hasSize(2);
  }

  @Test
  void fires_fromANewCountry() {
    partner.learned();
    Detection finding = partner.fires(PARIS, "2026-11-19");
    assertThat(finding.getReason()).isEqualTo("new-country");
    assertThat(finding.getSeverity()).isEqualTo(Severity.High);
  }

  @Test
  void fires_fromAHostingNetwork_ofAKnownCountry() {
    partner.learned();
    Detection finding = partner.fires(FRANKFURT_HOSTING, "2026-11-19");
    assertThat(finding.getReason()).isEqualTo("hosting");
    assertThat(finding.getSeverity()).isEqualTo(Severity.High);
  }

  @Test
  void putsTheNewCountryBeforeHosting() {
    partner.learned();
    assertThat(partner.fires("10.3.0.1", "2026-11-19").getReason()).isEqualTo("new-country");
    assertThat(partner.fires("10.4.0.1", "2026-11-20").getReason()).isEqualTo("new-country");
  }

  @Test
  void fires_fromANewNetwork_ofAKnownCountry() {
    partner.learned();
    Detection finding = partner.fires(HAMBURG, "2026-11-19");
    assertThat(finding.getReason()).isEqualTo("new-network");
    assertThat(finding.getSeverity()).isEqualTo(Severity.Medium);
  }

  @ParameterizedTest
  @CsvSource({"1140,true", "1139,false", "1260,true", "1261,false"})
  void isRaised_whereAKnownNetworkCallsWithinAnHour(int minute, boolean raised) {
    partner.learned();
    partner.calls("fabrikam-prod", BERLIN, "2026-11-19", minute);
    assertThat(partner.fires(HAMBURG, "2026-11-19").getSeverity())
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
    partner.learned();
    ActivityBuilder known = call(time).subscription("fabrikam-prod").from(BERLIN);
    partner.run.enter(
        call("2026-11-19T12:00:30Z").subscription("fabrikam-prod").from(HAMBURG), known);
    assertThat(partner.of("2026-11-19").get(0).getSeverity())
        .isEqualTo(raised ? Severity.High : Severity.Medium);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-19T11:00:05Z, 2026-11-19T11:00:59Z, High",
    "2026-11-19T11:00:05Z, 2026-11-19T11:00:10Z, Medium",
    "2026-11-19T13:00:05Z, 2026-11-19T13:00:59Z, High"
  })
  void isRaised_byAnyKnownCallOfAMinute_inAnyOrder(String one, String other, Severity severity) {
    ActivityBuilder early = call(one).subscription("fabrikam-prod").from(BERLIN);
    ActivityBuilder late = call(other).subscription("fabrikam-prod").from(BERLIN);
    ActivityBuilder drift =
        call("2026-11-19T12:00:30Z").subscription("fabrikam-prod").from(HAMBURG);
    for (List<ActivityBuilder> order :
        List.of(
            List.of(early, late, drift),
            List.of(late, early, drift),
            List.of(early, drift, late),
            List.of(late, drift, early),
            List.of(drift, early, late),
            List.of(drift, late, early))) {
      PartnerRun own = new PartnerRun();
      own.learn("fabrikam-prod", BERLIN, 10, 6);
      order.forEach(own.run::enter);
      assertThat(own.only().getSeverity()).isEqualTo(severity);
    }
  }

  /** Of many minutes, only the first and the last call are known to the millisecond. */
  @ParameterizedTest
  @CsvSource({"2, 29.9, Medium", "2, 30, High", "20, 29.9, High"})
  void isRaisedByTheMinute_whereTheKnownNetworkCallsInMany_inAnyOrder(
      int others, double second, Severity severity) {
    List<ActivityBuilder> known = new ArrayList<>();
    known.add(call(ActivityBuilder.at("2026-11-19T11:00:00Z") + Math.round(second * 1_000)));
    for (int i = 0; i < others; i++) {
      known.add(call(ActivityBuilder.at("2026-11-19T18:00:00Z") + i * 60_000L));
      known.add(call(ActivityBuilder.at("2026-11-19T08:00:00Z") + i * 60_000L));
    }
    for (int order = 0; order < 3; order++) {
      PartnerRun own = new PartnerRun();
      own.learn("fabrikam-prod", BERLIN, 10, 6);
      own.run.enter(call("2026-11-19T12:00:30Z").subscription("fabrikam-prod").from(HAMBURG));
      known.forEach(each -> own.run.enter(each.subscription("fabrikam-prod").from(BERLIN)));
      assertThat(own.only().getSeverity()).as("order %d", order).isEqualTo(severity);
      Collections.rotate(known, 1 + others);
    }
  }

  @ParameterizedTest
  @CsvSource({"1140,true", "1139,false", "1260,true", "1261,false"})
  void isRaised_whenTheKnownNetworkIsSeenAfterwards(int minute, boolean raised) {
    partner.learned();
    assertThat(partner.fires(HAMBURG, "2026-11-19").getSeverity()).isEqualTo(Severity.Medium);
    partner.calls("fabrikam-prod", BERLIN, "2026-11-19", minute);
    assertThat(partner.of("2026-11-19").get(0).getSeverity())
        .isEqualTo(raised ? Severity.High : Severity.Medium);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isRaised_overMidnight(boolean knownFirst) {
    partner.learned();
    for (int step = 0; step < 2; step++) {
      if ((step == 0) == knownFirst) {
        partner.calls("fabrikam-prod", BERLIN, "2026-11-18", 1420);
        partner.calls("fabrikam-prod", BERLIN, "2026-11-20", 20);
      } else {
        partner.calls("fabrikam-prod", HAMBURG, "2026-11-19", 40);
        partner.calls("fabrikam-prod", "10.16.9.9", "2026-11-20", 1000);
        partner.calls("fabrikam-prod", HAMBURG, "2026-11-21", 1439);
        partner.calls("fabrikam-prod", BERLIN, "2026-11-22", 59);
      }
    }
    assertThat(partner.of("2026-11-19").get(0).getSeverity())
        .as("60 minutes")
        .isEqualTo(Severity.High);
    assertThat(partner.of("2026-11-20").get(0).getSeverity()).isEqualTo(Severity.Medium);
    assertThat(partner.of("2026-11-21").get(0).getSeverity())
        .as("60 minutes")
        .isEqualTo(Severity.High);
  }

  @Test
  void isNotRaised_byCorporateCalls() {
    partner.learned();
    partner.calls("fabrikam-prod", CORPORATE, "2026-11-19", 1200);
    assertThat(partner.fires(HAMBURG, "2026-11-19").getSeverity()).isEqualTo(Severity.Medium);
  }

  @Test
  void isQuiet_whereNothingIsKnownOfTheNetwork() {
    partner.learned();
    partner.calls("fabrikam-prod", NOWHERE, "2026-11-19", 600);
    assertThat(partner.hasNoFinding()).isTrue();
    assertThat(partner.gate("no-network")).isEqualTo(1);
  }

  @Test
  void isQuiet_aboutANewNetwork_untilTheSecondDayAfterTheWindow() {
    partner.learn("windowed-prod", BERLIN, 7, 8);
    partner.calls("windowed-prod", HAMBURG, "2026-11-11", 720); // the window's end
    partner.calls("windowed-prod", HAMBURG, "2026-11-13", 1439);
    assertThat(partner.hasNoFinding()).isTrue();
    assertThat(partner.gate("change-window")).isEqualTo(2);
    partner.calls("windowed-prod", HAMBURG, "2026-11-14", 0);
    assertThat(partner.only().getReason()).isEqualTo("new-network");
  }

  @Test
  void isNotQuiet_aboutHostingOrANewCountry_afterTheWindow() {
    partner.learn("windowed-prod", BERLIN, 7, 8);
    partner.calls("windowed-prod", FRANKFURT_HOSTING, "2026-11-11", 720);
    partner.calls("windowed-prod", PARIS, "2026-11-11", 720);
    assertThat(partner.run.findings())
        .extracting(Detection::getReason)
        .containsExactlyInAnyOrder("hosting", "new-country");
  }

  @Test
  void countsOnlyTheMinutesThatFired_andEndsWithThem() {
    partner.learn("windowed-prod", BERLIN, 7, 8);
    partner.calls(
        "windowed-prod", HAMBURG, "2026-11-10", 600, 719, 720, 800); // the window opens at 720
    Detection finding = partner.only();
    assertThat(finding.getCount()).isEqualTo(2);
    assertThat(finding.getStartTime()).isEqualTo(minute("2026-11-10", 600));
    assertThat(finding.getEndTime()).isEqualTo(minute("2026-11-10", 719));
  }

  @Test
  void makesOneFinding_aNetworkAndDay() {
    partner.learned();
    partner.calls("fabrikam-prod", HAMBURG, "2026-11-19", 600);
    partner.calls("fabrikam-prod", "10.16.44.1", "2026-11-19", 600, 601);
    partner.calls("fabrikam-prod", HAMBURG, "2026-11-20", 600);
    assertThat(partner.run.findings())
        .extracting(Detection::getCount)
        .containsExactlyInAnyOrder(2, 1);
  }

  @Test
  void findsThePartner_bySubscription_thenProduct_thenApp() {
    partner.learned();
    String app = "11111111-2222-3333-4444-555555555555";
    partner.run.enter(
        call("2026-11-19T10:00:00Z").subscription("FABRIKAM-prod").product("other").from(PARIS),
        call("2026-11-19T10:01:00Z").subscription("other").product("freight").from(PARIS),
        call("2026-11-19T10:02:00Z").by("x").app(app).from(PARIS),
        call("2026-11-19T10:03:00Z").by("x").app(app).unvalidated().from(PARIS));
    assertThat(partner.only().getCount()).isEqualTo(3);
    assertThat(Objects.requireNonNull(partner.only().getPartner()).getId()).isEqualTo("fabrikam");
    assertThat(partner.run.counted()).as("unvalidated").containsEntry("callsOfNoPartner", 1);
  }

  @Test
  void countsCallsWhoseAddressCannotBeBelieved() {
    partner.run.enter(
        call("2026-11-19T10:00:00Z")
            .subscription("fabrikam-prod")
            .from("10.9.0.1")
            .forwarded(null, "10.12.0.1, not-an-address"));
    assertThat(partner.gate("no-address")).isEqualTo(1);
    assertThat(partner.run.counted()).containsEntry("withoutAddress", 1);
  }

  @Test
  void countsACallOnce_ofWhichMoreGetsKnown() {
    Activity call =
        call("2026-11-19T10:00:00Z").subscription("fabrikam-prod").from(CORPORATE).build();
    partner.run.enter(new Event(call, PartnerRun.WORLD, Event.Claims.PENDING, false, true));
    partner.run.enter(new Event(call, PartnerRun.WORLD, Event.Claims.VALIDATED, true, false));
    assertThat(partner.gate("corporate-egress")).isEqualTo(1);
    assertThat(partner.run.counted()).containsEntry("callsOfPartners", 1);
  }

  @Test
  void namesWhoCalledFirst_andClaimsBeforeTheirKey() {
    partner.learned();
    partner.run.enter(
        call("2026-11-19T10:00:20Z").subscription("fabrikam-prod").by("zoe").from(PARIS),
        call("2026-11-19T10:00:10Z").subscription("fabrikam-prod").from(PARIS),
        call("2026-11-19T10:00:30Z").subscription("fabrikam-prod").by("ann").from(PARIS),
        call("2026-11-19T10:01:00Z").subscription("fabrikam-prod").by("adam").from(PARIS));
    assertThat(Objects.requireNonNull(partner.only().getPrincipal()).getId()).isEqualTo("ann");
    partner.calls("fabrikam-prod", PARIS, "2026-11-19", 599);
    assertThat(Objects.requireNonNull(partner.only().getPrincipal()).getType())
        .isEqualTo("subscription");
  }

  @Test
  void namesNobody_whereNoCallerIsKnown() {
    partner.learned();
    partner.run.enter(call("2026-11-19T10:00:20Z").product("freight").from(PARIS));
    assertThat(partner.only().getPrincipal()).isNull();
  }

  @Test
  void listsTheGates_inTheRulesOrder() {
    partner.learned();
    assertThat(gates(partner.fires(HAMBURG, "2026-11-19")))
        .containsExactly(
            "learning passed",
            "known-network passed",
            "no-network passed",
            "change-window passed",
            "new-country passed",
            "hosting passed",
            "new-network fires",
            "shared-key passed");
    partner.calls("fabrikam-prod", BERLIN, "2026-11-19", 1200);
    assertThat(gates(partner.only())).endsWith("new-network fires", "shared-key raised");
    assertThat(gates(partner.fires(FRANKFURT_HOSTING, "2026-11-20")))
        .endsWith("hosting fires", "new-network not reached", "shared-key not reached");
  }

  /** The report's page of partners reads them from there. */
  @Test
  void namesTheKnownNetworks_andTheDeclaredRanges_inGates() {
    partner.learned();
    assertThat(partner.fires(HAMBURG, "2026-11-19").getGates().get(0).getNumbers())
        .containsEntry("networks", 1.0)
        .containsEntry("knownNetworks", "AS64512/DE");
    partner.calls("declared-prod", "10.1.6.1", "2026-11-19", 600);
    assertThat(partner.run.findings())
        .filteredOn(finding -> finding.getReason().equals("outside-allowlist"))
        .extracting(finding -> finding.getGates().get(0).getNumbers().get("ranges"))
        .containsExactly("10.1.5.0/24, 2001:db8:5::/48");
  }

  private static List<String> gates(Detection finding) {
    return finding.getGates().stream()
        .map(gate -> gate.getGate() + " " + gate.getVerdict())
        .toList();
  }

  @Test
  void showsTheCallsThatFired_andNotThoseThatTheKeyIsSharedWith() {
    partner.learned();
    partner.calls("fabrikam-prod", BERLIN, "2026-11-19", 1150);
    Detection finding = partner.fires(HAMBURG, "2026-11-19");
    assertThat(finding.getSeverity()).isEqualTo(Severity.High);
    assertThat(finding.getCount()).isEqualTo(1);
    assertThat(finding.getStartTime()).isEqualTo(minute("2026-11-19", 1200));
    assertThat(finding.getEvidence()).extracting(Evidence::getIp).containsExactly(HAMBURG);
    assertThat(finding.getEntities())
        .extracting(each -> each.get("Address"))
        .containsExactly(HAMBURG);
  }
}
