package dev.lockstep.detections.token;

import static dev.lockstep.detections.ActivityBuilder.at;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.link;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Findings of token-replay on the engine. */
final class TokenReplayTest {
  private static final RuleNumbers NUMBERS = RuleNumbers.atOnce().only("token-replay");
  private static final String HOME = "10.12.0.1"; // AS64512, DE
  private static final String HOSTING = "10.3.0.1"; // AS64503, NL
  private static final String ABROAD = "10.2.0.1"; // AS64502, US

  private final LocalRun run = new LocalRun(NUMBERS);

  @Test
  void fires_whenTheTokenMovesToAHostingNetwork() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t"),
        call("2026-11-19T10:01:00Z").from(HOSTING).presents("t", "alice"));
    Detection finding = run.only();
    assertThat(finding.getReason()).isEqualTo("two-networks");
    assertThat(finding.getSeverity()).isEqualTo(Severity.High);
    assertThat(finding.getCount()).isEqualTo(2);
    assertThat(finding.getIp()).isEqualTo(HOSTING);
  }

  @Test
  void fires_whenTheSignInArrivesAfterTheCall() {
    run.see(
        call("2026-11-19T10:01:00Z").from(HOSTING).presents("t", "alice"),
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t"));
    assertThat(run.only().getReason()).isEqualTo("two-networks");
    assertThat(run.only().getIp()).isEqualTo(HOSTING);
  }

  @Test
  void namesThePrincipal_byASignInThatIsComparedWithNoCall_inAnyOrder() {
    ActivityBuilder home = call("2026-11-19T10:00:00Z").from(HOME).presents("t", "alice");
    ActivityBuilder hosting = call("2026-11-19T10:01:00Z").from(HOSTING).presents("t", "alice");
    ActivityBuilder named = signIn("alice", "2026-11-17T09:00:00Z").from(HOME).minted("t");
    Detection found = new LocalRun(NUMBERS).see(named, home, hosting).only();
    assertThat(found.getPrincipal().getName()).isEqualTo("alice@contoso.com");
    Detection late = new LocalRun(NUMBERS).see(home, hosting, named).only();
    assertThat(late.getPrincipal()).isEqualTo(found.getPrincipal());
    assertThat(late.getTitle()).isEqualTo(found.getTitle());
  }

  @Test
  void fires_betweenTwoCalls_withoutASignIn() {
    run.see(
        call("2026-11-19T10:01:00Z").from(HOSTING).presents("t", "alice"),
        call("2026-11-19T10:00:00Z").from(HOME).presents("t", "alice"));
    assertThat(run.only().getReason()).isEqualTo("two-networks");
  }

  @Test
  void isQuiet_whenOnlyTheAddressChanges() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t"),
        call("2026-11-19T10:01:00Z").from("10.12.0.99").presents("t", "alice"),
        call("2026-11-19T10:02:00Z").from("10.12.77.1").presents("t", "alice"));
    assertThat(run.hasNoFinding()).isTrue();
    assertThat(run.gate("token-replay", "same-network")).isPositive();
  }

  @Test
  void isQuiet_aboutTwoTokens() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t"),
        call("2026-11-19T10:01:00Z").from(HOSTING).presents("u", "alice"));
    assertThat(run.hasNoFinding()).isTrue();
  }

  @Test
  void compares48Hours_toTheMillisecond() {
    run.see(
        signIn("alice", "2026-11-19T10:00:30Z").from(HOME).minted("t"),
        call("2026-11-21T10:00:30.001Z").from(HOSTING).presents("t", "alice"));
    assertThat(run.hasNoFinding()).isTrue();
    run.see(call("2026-11-21T10:00:30Z").from(HOSTING).presents("t", "alice"));
    assertThat(run.active()).hasSize(1);
  }

  @Test
  void comparesTheLastUseOfAMinute_inAnyOrder() {
    ActivityBuilder early = signIn("alice", "2026-11-19T10:00:10Z").from(HOME).minted("t");
    ActivityBuilder late = signIn("alice", "2026-11-19T10:00:50Z").from(HOME).minted("t");
    ActivityBuilder call = call("2026-11-21T10:00:30Z").from(HOSTING).presents("t", "alice");
    assertThat(new LocalRun(NUMBERS).see(early, call).hasNoFinding()).isTrue();
    Detection found = new LocalRun(NUMBERS).see(early, late, call).only();
    assertThat(found.getStartTime()).isEqualTo(at("2026-11-19T10:00:50Z"));
    assertThat(new LocalRun(NUMBERS).see(late, call, early).only()).isEqualTo(found);
    assertThat(new LocalRun(NUMBERS).see(call, early, late).only()).isEqualTo(found);
    assertThat(new LocalRun(NUMBERS).see(early, call, late).only()).isEqualTo(found);
  }

  @Test
  void makesOneFinding_aTokenAndDayOfTheLater() {
    run.see(
        signIn("alice", "2026-11-19T23:50:00Z").from(HOME).minted("t"),
        call("2026-11-19T23:55:00Z").from(HOSTING).presents("t", "alice"),
        call("2026-11-20T00:05:00Z").from(HOSTING).presents("t", "alice"),
        call("2026-11-20T00:06:00Z").from(ABROAD).presents("t", "alice"));
    assertThat(run.active()).extracting(Detection::getCount).containsExactlyInAnyOrder(2, 3);
  }

  @Test
  void fires_forAnotherPrincipal_evenFromOneNetwork() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t"),
        call("2026-11-19T10:01:00Z").from(HOME).status(429).presents("t", "mallory"));
    Detection finding = run.only();
    assertThat(finding.getReason()).isEqualTo("wrong-principal");
    assertThat(finding.getSeverity()).isEqualTo(Severity.High);
    assertThat(finding.getCount()).isEqualTo(1);
    assertThat(finding.getPrincipal().getId()).as("of the earliest").isEqualTo("alice");
  }

  @Test
  void fires_forAnotherPrincipal_withoutAnyAddress() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").minted("t"),
        call("2026-11-19T10:01:00Z").presents("t", "mallory"));
    assertThat(run.only().getCount()).as("at least 1").isEqualTo(1);
    assertThat(run.only().getIp()).isNull();
  }

  @Test
  void putsTheOtherPrincipalFirst_ofTheReasons() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t"),
        call("2026-11-19T10:01:00Z")
            .from(HOSTING)
            .presents("t", "mallory")
            .expires("2026-11-19T01:00:00Z"));
    assertThat(run.only().getReason()).isEqualTo("wrong-principal");
  }

  @Test
  void putsTheHigherSeverityFirst_beforeTheReason() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t"),
        call("2026-11-19T10:01:00Z").from("10.15.0.1").presents("t", "alice"));
    assertThat(run.only().getReason()).isEqualTo("two-networks");
    assertThat(run.only().getSeverity()).isEqualTo(Severity.Medium);
    run.see(
        call("2026-11-19T10:02:00Z")
            .from(HOME)
            .presents("t", "alice")
            .expires("2026-11-19T01:00:00Z"));
    assertThat(run.only().getReason()).isEqualTo("after-expiry");
    assertThat(run.only().getSeverity()).isEqualTo(Severity.High);
  }

  @Test
  void fires_moreThan5MinutesAfterTheExpiry() {
    run.see(
        call("2026-11-19T10:05:00Z")
            .from(HOME)
            .presents("t", "alice")
            .expires("2026-11-19T10:00:00Z"));
    assertThat(run.hasNoFinding()).isTrue();
    run.see(
        call(at("2026-11-19T10:05:00Z") + 1)
            .from(HOME)
            .presents("t", "alice")
            .expires("2026-11-19T10:00:00Z"));
    assertThat(run.only().getReason()).isEqualTo("after-expiry");
    assertThat(run.only().getSeverity()).isEqualTo(Severity.High);
    assertThat(run.only().getCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 407, 429, -1})
  void isQuiet_aboutAnExpiredTokenThatTheGatewayRefused(int status) {
    run.see(
        call("2026-11-19T11:00:00Z")
            .status(status)
            .from(HOME)
            .presents("t", "alice")
            .expires("2026-11-19T10:00:00Z"));
    assertThat(run.hasNoFinding()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"401,true", "403,true", "407,false", "429,false", "-1,false"})
  void callsItAnAttempt_whereTheGatewayRefused(int status, boolean fires) {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t"),
        call("2026-11-19T10:01:00Z").status(status).from(HOSTING).presents("t", "alice"));
    assertThat(run.active())
        .extracting(Detection::getReason)
        .isEqualTo(fires ? List.of("attempt") : List.of());
    if (fires) {
      assertThat(run.only().getSeverity()).isEqualTo(Severity.Low);
      assertThat(run.only().getIp()).isEqualTo(HOSTING);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 302, 404, 500})
  void takesAnyOtherAnswerAsAccepted(int status) {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t"),
        call("2026-11-19T10:01:00Z").status(status).from(HOSTING).presents("t", "alice"));
    assertThat(run.only().getReason()).isEqualTo("two-networks");
  }

  @Test
  void isQuiet_betweenTwoRefusals() {
    run.see(
        call("2026-11-19T10:00:00Z").status(401).from(HOME).presents("t", "alice"),
        call("2026-11-19T10:01:00Z").status(401).from(HOSTING).presents("t", "alice"));
    assertThat(run.hasNoFinding()).isTrue();
  }

  @Test
  void takesUnvalidatedClaimsForAnAttempt_andForNothingElse() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t"),
        call("2026-11-19T10:01:00Z").from(HOSTING).claimsOnly("t", "mallory"),
        call("2026-11-19T10:02:00Z").status(429).from(HOSTING).claimsOnly("t", "mallory"));
    assertThat(run.hasNoFinding()).as("accepted, or refused for another reason").isTrue();
    run.see(call("2026-11-19T10:03:00Z").status(401).from(HOSTING).claimsOnly("t", "mallory"));
    Detection finding = run.only();
    assertThat(finding.getReason()).isEqualTo("attempt");
    assertThat(finding.getSeverity()).isEqualTo(Severity.Low);
    assertThat(finding.getPrincipal().getId()).isEqualTo("alice");
  }

  @Test
  void doesNotForgetTheRealUses_whenClaimsFillTheSet() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t"),
        call("2026-11-19T10:01:00Z").from(HOSTING).presents("t", "alice"));
    for (int i = 0; i < 600; i++) {
      run.see(
          call("2026-11-19T11:00:00Z")
              .status(401)
              .id("c" + i)
              .from("10.2." + i % 256 + "." + i / 256)
              .claimsOnly("t", "someone-" + i));
    }
    Detection finding = run.only();
    assertThat(finding.getReason()).isEqualTo("two-networks");
    assertThat(finding.getSeverity()).isEqualTo(Severity.High);
    assertThat(finding.getCount()).isLessThanOrEqualTo(256);
    assertThat(finding.getOverflow()).isTrue();
  }

  /** Of calls that are alike, only some lie within 48 h of the sign-in. */
  @Test
  void endsWithAnEventThatFired_inAnyOrder() {
    List<ActivityBuilder> events =
        List.of(
            signIn("alice", "2026-11-10T10:00:00Z").from(HOME).minted("t"),
            call("2026-11-12T09:55:10Z").from(HOSTING).presents("t", "alice"),
            call("2026-11-12T10:05:20Z").from(HOSTING).presents("t", "alice"),
            call("2026-11-12T10:15:30Z").from(HOSTING).presents("t", "alice"));
    for (Detection finding : inAnyOrder(events)) {
      assertThat(finding.getStartTime()).isEqualTo(at("2026-11-10T10:00:00Z"));
      assertThat(finding.getEndTime()).isEqualTo(at("2026-11-12T09:55:10Z"));
      assertThat(finding.getEvidence())
          .extracting(Evidence::getTime)
          .containsExactlyInAnyOrder(finding.getStartTime(), finding.getEndTime());
    }
  }

  /** Who used the token first did so too early to have fired. */
  @Test
  void beginsWithAnEventThatFired_whosePrincipalIsTheFindings_inAnyOrder() {
    List<ActivityBuilder> events =
        List.of(
            call("2026-11-10T09:45:10Z").from(HOME).presents("t", "alice"),
            call("2026-11-10T10:05:20Z").from(HOME).presents("t", "alice"),
            call("2026-11-10T10:02:00Z").from(HOME).presents("t", "bob"),
            call("2026-11-12T10:00:00Z").from(HOSTING).presents("t", "alice"));
    for (Detection finding : inAnyOrder(events)) {
      assertThat(finding.getStartTime()).isEqualTo(at("2026-11-10T10:02:00Z"));
      assertThat(finding.getEndTime()).isEqualTo(at("2026-11-12T10:00:00Z"));
      assertThat(finding.getPrincipal().getId()).isEqualTo("bob");
    }
  }

  /** Returns what each order gives of the last day. */
  private static List<Detection> inAnyOrder(List<ActivityBuilder> events) {
    List<Detection> findings = new ArrayList<>();
    Random random = new Random(1);
    for (int order = 0; order < 24; order++) {
      List<ActivityBuilder> shuffled = new ArrayList<>(events);
      Collections.shuffle(shuffled, random);
      LocalRun other = new LocalRun(NUMBERS);
      shuffled.forEach(other::see);
      List<Detection> standing = new ArrayList<>(other.active());
      standing.removeIf(finding -> finding.getEndTime() < at("2026-11-12T00:00:00Z"));
      assertThat(standing).hasSize(1);
      findings.addAll(standing);
    }
    return findings;
  }

  @Test
  void leavesAFailedSignInOut() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").status(50126).from(HOME).minted("t"),
        call("2026-11-19T10:01:00Z").from(HOSTING).presents("t", "alice"));
    assertThat(run.hasNoFinding()).isTrue();
  }

  @Test
  void comparesWorkloadsToo() {
    run.see(
        signIn("robot", "2026-11-19T10:00:00Z").workload("robot").from(HOME).minted("t"),
        call("2026-11-19T10:01:00Z").from(HOSTING).presents("t", "robot").workload("robot"));
    assertThat(run.only().getPrincipal().getType()).isEqualTo("workload");
  }

  @Test
  void isSuppressed_betweenASignInAndACall_ofWhichEitherIsOnBehalf() {
    for (boolean call : new boolean[] {true, false}) {
      LocalRun other = new LocalRun(NUMBERS);
      ActivityBuilder signIn = signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t");
      ActivityBuilder use = call("2026-11-19T10:01:00Z").from(HOSTING).presents("t", "alice");
      other.see(call ? use.onBehalf() : use, call ? signIn : signIn.onBehalf());
      assertThat(other.hasNoFinding()).isTrue();
      assertThat(other.gate("token-replay", "on-behalf-of")).isEqualTo(1);
      assertThat(other.gate("token-replay", "backend")).isZero();
    }
  }

  @Test
  void isSuppressed_betweenASignInOnBehalf_andARefusedCall() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t").onBehalf(),
        call("2026-11-19T10:01:00Z").from(HOSTING).claimsOnly("t", "alice").status(401));
    assertThat(run.hasNoFinding()).isTrue();
    assertThat(run.gate("token-replay", "on-behalf-of")).isEqualTo(1);
  }

  @Test
  void comparesCallsOnBehalf_withEachOther() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t"),
        call("2026-11-19T10:01:00Z").from(HOSTING).presents("t", "alice").onBehalf(),
        call("2026-11-19T10:02:00Z").from(ABROAD).presents("t", "alice").onBehalf());
    assertThat(run.only().getReason()).isEqualTo("two-networks");
    assertThat(run.only().getStartTime()).isEqualTo(at("2026-11-19T10:01:00Z"));
  }

  @Test
  void keepsWrongPrincipalAndAfterExpiry_ofEventsOnBehalf() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t").onBehalf(),
        call("2026-11-19T10:01:00Z").from(HOME).presents("t", "bob").onBehalf());
    assertThat(run.only().getReason()).isEqualTo("wrong-principal");
    LocalRun other = new LocalRun(NUMBERS);
    other.see(
        call("2026-11-19T10:06:00Z")
            .from(HOME)
            .presents("t", "alice")
            .expires("2026-11-19T10:00:59Z")
            .onBehalf());
    assertThat(other.only().getReason()).isEqualTo("after-expiry");
  }

  @Test
  void showsTheTokenAndBothNetworks_inTheGates() {
    run.see(
        call("2026-11-19T10:01:00Z").from(HOSTING).presents("t", "alice"),
        signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t"));
    assertThat(run.only().getGates())
        .extracting(gate -> gate.getGate() + " " + gate.getVerdict())
        .containsExactly("time passed", "wrong-principal passed", "two-networks fires");
    assertThat(run.only().getGates().get(2).getNumbers())
        .containsEntry("token", "t")
        .containsKeys("line", "earlierNetwork", "laterNetwork");
  }

  @Test
  void attempt_leavesOutUnvalidatedClaims_thatAValidatedLinkContradicts_inAnyOrder() {
    List<ActivityBuilder> all =
        List.of(
            signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t"),
            call("2026-11-19T10:01:00Z").id("c").status(401).from(HOSTING),
            link("2026-11-19T10:01:01Z", "c").claimsOnly("t", "alice"),
            link("2026-11-19T10:01:02Z", "c").presents("u", "ben"));
    for (List<ActivityBuilder> order : orders(all)) {
      LocalRun each = new LocalRun(NUMBERS).see(order.toArray(new ActivityBuilder[0]));
      assertThat(each.hasNoFinding()).as("order %s", numbers(all, order)).isTrue();
    }
  }

  @Test
  void attempt_keepsTheOtherCallsOfAContradictedOne_inAnyOrder() {
    ActivityBuilder minted = signIn("alice", "2026-11-19T10:00:00Z").from(HOME).minted("t");
    List<ActivityBuilder> all =
        List.of(
            call("2026-11-19T10:01:00Z").id("c").status(401).from(HOSTING),
            link("2026-11-19T10:01:01Z", "c").claimsOnly("t", "alice"),
            link("2026-11-19T10:01:02Z", "c").presents("u", "ben"),
            call("2026-11-19T10:01:30Z").id("d").status(401).from(HOSTING),
            link("2026-11-19T10:01:31Z", "d").claimsOnly("t", "alice"));
    for (List<ActivityBuilder> order : orders(all)) {
      LocalRun each = new LocalRun(NUMBERS).see(minted).see(order.toArray(new ActivityBuilder[0]));
      assertThat(each.only().getReason()).isEqualTo("attempt");
      assertThat(each.only().getCount()).isEqualTo(2);
    }
  }

  private static List<List<ActivityBuilder>> orders(List<ActivityBuilder> all) {
    if (all.isEmpty()) {
      return List.of(List.of());
    }
    List<List<ActivityBuilder>> orders = new ArrayList<>();
    for (ActivityBuilder first : all) {
      List<ActivityBuilder> rest = new ArrayList<>(all);
      rest.remove(first);
      for (List<ActivityBuilder> order : orders(rest)) {
        List<ActivityBuilder> whole = new ArrayList<>(List.of(first));
        whole.addAll(order);
        orders.add(whole);
      }
    }
    return orders;
  }

  private static List<Integer> numbers(List<ActivityBuilder> all, List<ActivityBuilder> order) {
    return order.stream().map(all::indexOf).toList();
  }
}
