package dev.lockstep.detections.finding;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AlertCorroborationTest {
  private static final String TRAVEL = "impossible-travel";
  private static final String LONDON = "10.1.0.1";
  private static final String NEW_YORK = "10.2.0.1";

  private final LocalRun run = new LocalRun();

  private static ActivityBuilder[] travels() {
    return new ActivityBuilder[] {
      signIn("alice", "2026-11-19T10:00:00Z").from(LONDON),
      signIn("alice", "2026-11-19T11:00:00Z").from(NEW_YORK)
    };
  }

  private Detection travel() {
    List<Detection> findings = run.active(TRAVEL);
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }

  @Test
  void raisesAFinding_byAnAlertThatNamesItsPrincipal_whicheverComesFirst() {
    ActivityBuilder alert = alert("al-1", "2026-11-20T11:00:00Z").namesAccounts("alice");
    LocalRun alertFirst = new LocalRun().see(alert).see(travels());
    run.see(travels());
    assertThat(travel().getSeverity()).isEqualTo(Severity.Medium);
    run.see(alert);
    Detection raised = travel();
    assertThat(raised.getSeverity()).isEqualTo(Severity.High);
    assertThat(raised.getReason()).isEqualTo(TRAVEL);
    assertThat(raised.getRevision()).isEqualTo(2);
    assertThat(raised.getDefenderAlerts())
        .extracting(each -> each.get("id"))
        .containsExactly("al-1");
    assertThat(raised.getDescription())
        .endsWith(
            "One level higher, since Microsoft Defender confirms the finding: the Medium alert"
                + " \"Suspicious al-1\" at 2026-11-20 11:00:00 UTC names the same principal.");
    assertThat(raised.getGates())
        .extracting(GateChecked::getGate, GateChecked::getVerdict)
        .contains(tuple("defender-corroboration", "raised"));
    Detection other = alertFirst.active(TRAVEL).get(0);
    other.setRevision(2);
    assertThat(other).isEqualTo(raised);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-18T09:59:59.999Z, Medium",
    "2026-11-18T10:00:00Z, High",
    "2026-11-20T11:00:00Z, High",
    "2026-11-20T11:00:00.001Z, Medium"
  })
  void raisesWithinADay_toTheMillisecond(String time, Severity severity) {
    run.see(travels()).see(alert("al-1", time).namesAccounts("alice"));
    assertThat(travel().getSeverity()).isEqualTo(severity);
  }

  @Test
  void raisesOnce_howeverManyAlerts() {
    run.see(travels());
    run.see(alert("b", "2026-11-19T12:00:00Z").namesAccounts("alice"));
    run.see(alert("a", "2026-11-19T12:00:00Z").namesAddresses(NEW_YORK));
    assertThat(travel().getSeverity()).isEqualTo(Severity.High);
    assertThat(travel().getDefenderAlerts())
        .extracting(each -> each.get("id"))
        .containsExactly("a", "b");
  }

  @Test
  void isConfirmedByTheSameAlerts_inAnyOrder_whereADayHasTooMany() {
    List<ActivityBuilder> alerts = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      alerts.add(alert("al-" + i, "2026-11-19T12:00:00Z").namesAddresses(NEW_YORK));
    }
    run.see(travels());
    alerts.forEach(run::see);
    LocalRun reversed = new LocalRun();
    reversed.see(travels());
    Collections.reverse(alerts);
    alerts.forEach(reversed::see);
    assertThat(travel().getGates()).isEqualTo(reversed.active(TRAVEL).get(0).getGates());
    assertThat(travel().getDefenderAlerts())
        .isEqualTo(reversed.active(TRAVEL).get(0).getDefenderAlerts());
    assertThat(travel().getGates().toString()).contains("64");
  }

  @Test
  void raisesByAnAddress_ofAnyEventOfTheFinding() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted("t"),
        call("2026-11-19T10:20:00Z").from("10.3.0.1").presents("t", "alice"),
        call("2026-11-19T10:21:00Z").from("10.3.0.77").presents("t", "alice"),
        alert("al-1", "2026-11-19T20:00:00Z").namesAddresses("10.3.0.77"));
    assertThat(run.active("token-replay").get(0).getDefenderAlerts()).hasSize(1);
  }

  @Test
  void raisesAPartnersFinding_byAnAddressThatIsNotShown() {
    for (int minute = 0; minute < 3; minute++) {
      run.see(
          call("2026-11-19T10:%02d:00Z".formatted(minute))
              .subscription("declared-prod")
              .from("10.14.0." + minute));
    }
    run.see(alert("al-1", "2026-11-19T20:00:00Z").namesAddresses("10.14.0.2"));
    assertThat(run.only().getDefenderAlerts()).hasSize(1);
    assertThat(run.only().getSeverity()).isEqualTo(Severity.High);
    assertThat(run.only().getDescription()).contains("Confirmed by Microsoft Defender");
  }

  @Test
  void isNotRaisedByAnAddressOfOurOwn() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from("10.3.0.1").minted("t"),
        call("2026-11-19T10:20:00Z").from("10.7.0.1").presents("t", "alice"),
        alert("al-1", "2026-11-19T20:00:00Z").namesAddresses("10.7.0.1"));
    assertThat(run.active("token-replay").get(0).getDefenderAlerts()).isEmpty();
  }

  @Test
  void raisesByAUpn_thatThePrincipalSignedInUnder() {
    run.see(alert("al-1", "2026-11-19T20:00:00Z").namesUpns("alice@contoso.com"));
    run.see(travels());
    assertThat(travel().getSeverity()).isEqualTo(Severity.High);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-20T11:00:00Z, High",
    "2026-11-20T11:00:00.001Z, Medium",
    "2026-11-18T10:00:00Z, High",
    "2026-11-18T09:59:59.999Z, Medium"
  })
  void takesAUpnForWhoSignedInUnderItWithinADay_toTheMillisecond(String time, Severity severity) {
    for (ActivityBuilder travel : travels()) {
      Activity renamed = travel.build();
      renamed.getPrincipal().setName("other@contoso.com");
      run.see(renamed);
    }
    boolean before = time.startsWith("2026-11-18");
    run.see(
        signIn("alice", time).from(LONDON),
        alert("al-1", before ? "2026-11-19T10:00:00Z" : "2026-11-19T11:00:00Z")
            .namesUpns("alice@contoso.com"));
    assertThat(run.active(TRAVEL).get(0).getSeverity()).isEqualTo(severity);
  }

  @Test
  void isLoweredAgain_whenTheAlertIsOurOwn() {
    run.see(travels());
    run.see(alert("al-1", "2026-11-19T12:00:00Z").namesAccounts("alice"));
    assertThat(travel().getSeverity()).isEqualTo(Severity.High);
    run.see(alert("al-1", "2026-11-19T12:00:00Z").own());
    assertThat(travel().getSeverity()).isEqualTo(Severity.Medium);
    assertThat(travel().getDefenderAlerts()).isEmpty();
    assertThat(travel().getRevision()).isEqualTo(3);
  }

  /** More pairs of addresses fired than are counted; what comes then is told by itself. */
  @Test
  void staysRaised_whereASetIsFull_andAnEarlierPairComes() {
    RuleNumbers defaults = RuleNumbers.defaults();
    LocalRun full =
        new LocalRun(
            new RuleNumbers(
                defaults.travel(), defaults.token(), defaults.drift(), defaults.defender(), 12, 0));
    for (int i = 1; i <= 5; i++) {
      full.see(
          signIn("alice", "2026-11-19T10:%02d:00Z".formatted(i)).from("10.1.0." + i),
          signIn("alice", "2026-11-19T15:%02d:00Z".formatted(i)).from("10.2.0." + i));
    }
    full.see(alert("al-1", "2026-11-20T15:05:00Z").namesAccounts("alice"));
    Detection raised = full.active(TRAVEL).get(0);
    assertThat(raised.getOverflow()).isTrue();
    assertThat(raised.getSeverity()).isEqualTo(Severity.High);
    full.see(signIn("alice", "2026-11-19T10:30:00Z").from("10.2.0.6"));
    Detection then = full.active(TRAVEL).get(0);
    assertThat(then.getStartTime()).isEqualTo(raised.getStartTime());
    assertThat(then.getEndTime()).isEqualTo(raised.getEndTime());
    assertThat(then.getSeverity()).isEqualTo(Severity.High);
  }

  @Test
  void raisesNothing_inShadow() {
    RuleNumbers defaults = RuleNumbers.defaults();
    LocalRun shadowed =
        new LocalRun(
            new RuleNumbers(
                defaults.travel(),
                defaults.token(),
                defaults.drift(),
                new RuleNumbers.Defender(true, true, 10, 24, 60),
                256,
                0));
    shadowed
        .see(travels())
        .see(alert("a", "2026-11-19T11:00:00Z").namesAddresses(LONDON, NEW_YORK));
    assertThat(shadowed.active(TRAVEL).get(0).getSeverity()).isEqualTo(Severity.Medium);
    assertThat(shadowed.active("defender-corroboration"))
        .isNotEmpty()
        .allMatch(Detection::getShadow);
  }
}
