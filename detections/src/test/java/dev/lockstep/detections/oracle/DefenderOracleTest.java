package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The oracle itself: what it says of alerts in cases worked out by hand from the specification. */
final class DefenderOracleTest {
  private static final String HOME = "198.19.2.70";
  private static final String TOKYO = "198.19.0.60";
  private static final String PHONE = "100.70.1.40";
  private static final String HEAD_OFFICE = "203.0.113.10";
  private static final int DAY = 24 * 60;
  private static final String FLAGGED = "defender-corroboration [%s | %s | %s] flagged-address";

  @Test
  void flags_onceForEachPrincipalAddressAndDay_withAllItsAlerts() {
    assertThat(
            said(
                Told.signIn("ann", HOME, 0),
                Told.signIn("ann", HOME, 0.5),
                Told.signIn("ann", HOME, 30),
                Told.call("nobodys-key", "::ffff:" + HOME, -59),
                Told.signIn("ann", HOME, DAY),
                Told.alert("a", Severity.Medium, 0, HOME + ":443"),
                Told.alert("b", Severity.High, 10, HOME),
                Told.alert("c", Severity.Medium, DAY, HOME)))
        .containsExactlyInAnyOrder(
            FLAGGED.formatted("ann", HOME, "2026-03-12") + " High x2 [a, b]",
            FLAGGED.formatted("ann", HOME, "2026-03-13") + " Medium x1 [c]",
            FLAGGED.formatted("nobodys-key", HOME, "2026-03-12") + " Medium x1 [a]");
  }

  @Test
  void takesTheHighestSeverityAndEveryTimeOfAnAlertsRecords() {
    assertThat(
            said(
                Told.signIn("ann", HOME, 0),
                Told.alert("a", Severity.Medium, 500),
                Told.alert("a", Severity.High, 900),
                Told.alert("a", null, 60, HOME)))
        .containsExactly(FLAGGED.formatted("ann", HOME, "2026-03-12") + " High x1 [a]");
    assertThat(
            said(
                Told.signIn("ann", HOME, 0),
                Told.alert("a", Severity.Low, 0, HOME),
                Told.alert("b", null, 0, HOME)))
        .isEmpty();
  }

  @Test
  void isQuietAboutWhomTheAlertNames_byIdOrByAnyoneWhoSignedInUnderTheName() {
    List<Activity> events =
        List.of(
            Told.signIn("ann", HOME, 0),
            Told.signIn("ben", HOME, 0),
            Told.alert("a", Severity.High, 0, HOME));
    assertThat(said(events, Told.alertOfAccount("a", Severity.Low, 0, "ann")))
        .containsExactly(FLAGGED.formatted("ben", HOME, "2026-03-12") + " High x1 [a]");
    assertThat(said(events, Told.alertOfName("a", Severity.Low, 0, "ben@contoso.example")))
        .containsExactly(FLAGGED.formatted("ann", HOME, "2026-03-12") + " High x1 [a]");
    assertThat(said(events, Told.alertOfName("a", Severity.Low, 0, "eve@contoso.example")))
        .hasSize(2);
  }

  @Test
  void isQuietFarAway_atAddressesOfOurOwn_andAboutItself() {
    assertThat(
            said(
                Told.signIn("ann", HOME, 61.01),
                Told.signIn("ann", HEAD_OFFICE, 0),
                Told.alert("a", Severity.High, 0, HOME, HEAD_OFFICE)))
        .isEmpty();
    Activity own = Told.alert("a", null, 3 * DAY);
    own.getAlert().setOwn(true);
    assertThat(said(Told.signIn("ann", HOME, 0), Told.alert("a", Severity.High, 0, HOME), own))
        .isEmpty();
  }

  @Test
  void isOneLevelDown_whereManyShareTheAddress() {
    assertThat(
            said(
                Told.signIn("ann", PHONE, 0),
                Told.signIn("ben", PHONE, 200),
                Told.alert("a", Severity.High, 0, PHONE),
                Told.alert("b", Severity.Medium, 200, PHONE)))
        .containsExactlyInAnyOrder(
            FLAGGED.formatted("ann", PHONE, "2026-03-12") + " Medium x1 [a]",
            FLAGGED.formatted("ben", PHONE, "2026-03-12") + " Low x1 [b]");
  }

  @Test
  void isOneFindingWithoutAPrincipal_oneLevelDown_whereMoreThanTwentyHaveOne() {
    List<Activity> events = new ArrayList<>();
    events.add(Told.alert("a", Severity.Medium, 0, HOME));
    events.add(Told.alert("b", Severity.High, 0, HOME));
    events.add(Told.alertOfAccount("b", Severity.Low, 0, "user-0"));
    for (int i = 0; i < 20; i++) {
      events.add(Told.signIn("user-" + i, HOME, i));
    }
    assertThat(said(events))
        .hasSize(20)
        .contains(FLAGGED.formatted("user-0", HOME, "2026-03-12") + " Medium x1 [a]")
        .contains(FLAGGED.formatted("user-9", HOME, "2026-03-12") + " High x1 [a, b]");
    assertThat(said(events, Told.signIn("user-20", HOME, 30)))
        .containsExactly(
            "defender-corroboration [nobody | 198.19.2.70 | 2026-03-12] shared-address Medium x21"
                + " [a, b]");
  }

  @Test
  void doesNotCountAttempts() {
    Activity failed = Told.signIn("ann", HOME, 0);
    failed.setStatus(50126);
    Activity refused = Told.call("nobodys-key", HOME, 0);
    refused.setStatus(429);
    assertThat(said(failed, refused, Told.alert("a", Severity.High, 0, HOME))).isEmpty();
  }

  @Test
  void takesACallForItsSubscriptions_untilAValidatedLinkComes() {
    Activity call = Told.call("nobodys-key", HOME, 0);
    Activity alert = Told.alert("a", Severity.High, 0, HOME);
    assertThat(said(call, alert, Told.link(call, "ann", true)))
        .containsExactly(FLAGGED.formatted("ann", HOME, "2026-03-12") + " High x1 [a]");
    assertThat(said(call, alert, Told.link(call, "ann", false)))
        .containsExactly(FLAGGED.formatted("nobodys-key", HOME, "2026-03-12") + " High x1 [a]");
  }

  @Test
  void raisesAFindingOnce_thatNamesTheSamePrincipalOrAddressWithinADay() {
    List<Activity> journey = List.of(Told.signIn("ann", HOME, 0), Told.signIn("ann", TOKYO, 30));
    String finding =
        "impossible-travel [ann | GB/London ~ JP/Tokyo | 2026-03-12] impossible-travel";
    assertThat(said(journey)).containsExactly(finding + " Medium x1");
    assertThat(
            said(
                journey,
                Told.alertOfAccount("a", Severity.Medium, 30 + DAY, "ann"),
                Told.alert("b", Severity.High, -DAY, HOME),
                Told.alert("c", Severity.High, -DAY - 1.01, HOME),
                Told.alertOfAccount("d", Severity.High, 0, "ben"),
                Told.alertOfName("e", Severity.High, 20, "ann@contoso.example"),
                Told.alertOfAccount("f", Severity.Low, 20, "ann")))
        .containsExactly(finding + " High x1 [a, b, e]");
  }

  @Test
  void doesNotRaiseForAnAddressOfOurOwn() {
    Activity minted = Told.signIn("ann", HEAD_OFFICE, 0);
    minted.setToken(Told.token("ann", "token"));
    Activity used = Told.call("nobodys-key", "192.0.2.30", 10);
    used.setToken(Told.token("ann", "token"));
    assertThat(said(minted, used, Told.alert("a", Severity.High, 0, HEAD_OFFICE)))
        .contains("token-replay [token | 2026-03-12] two-networks High x2");
  }

  private static List<String> said(Activity... events) {
    return said(List.of(), events);
  }

  private static List<String> said(List<Activity> events, Activity... more) {
    List<Activity> all = new ArrayList<>(events);
    all.addAll(List.of(more));
    return new Oracle(World.ENRICHMENT, RuleNumbers.defaults())
        .verdicts(all).stream().map(Verdict::toString).toList();
  }
}
