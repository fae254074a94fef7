package dev.lockstep.detections.finding;

import static dev.lockstep.detections.ActivityBuilder.at;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.graph;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an analyst reads. */
final class RetractionTextsTest {
  private static final String LONDON = "10.1.0.1";
  private static final String NEW_YORK = "10.2.0.1";

  private final LocalRun run = new LocalRun();

  @Test
  void saysOfATravel_whoWhereWhenHowFarHowFast_andWhyThisSevere() {
    run.see(
        signIn("alice", "2026-11-19T09:58:12Z").from(LONDON),
        signIn("alice", "2026-11-19T10:58:12Z").from("10.4.0.1").singleFactor());
    Detection finding = run.only();
    assertThat(finding.getTitle())
        .isEqualTo("Impossible travel of alice@contoso.com: London, GB and Stockholm, SE");
    assertThat(finding.getDescription())
        .contains("London, GB (10.1.0.1, Home Fibre, AS64501) at 2026-11-19 09:58:12 UTC")
        .contains("1 h later signed in from Stockholm, SE")
        .contains("1,431 km apart, 1,406 km less both accuracy radii")
        .contains("1,406 km/h; the limit is 900 km/h")
        .contains("One level higher, since the later sign-in was interactive")
        .contains("One level lower, since one side is a VPN network")
        .contains("from 30 to 2 days before");
    assertThat(finding.getGates())
        .extracting(GateChecked::getGate)
        .containsExactly(
            "distance",
            "speed",
            "corporate-egress",
            "backend",
            "same-device",
            "same-network",
            "known-commute",
            "single-factor-unmanaged",
            "vague-network");
    assertThat(finding.getEntities())
        .extracting(entity -> entity.get("kind"))
        .containsExactly("Account", "IP", "IP");
    assertThat(finding.getEntities().get(0))
        .containsEntry("AadUserId", "alice")
        .containsEntry("UPNSuffix", "contoso.com");
  }

  @Test
  void saysNoSpeed_whereOneStayLiesInsideTheOther() {
    run.see(
        signIn("alice", "2026-11-19T09:00:00Z").from(LONDON),
        signIn("alice", "2026-11-19T09:10:00Z").from(NEW_YORK),
        signIn("alice", "2026-11-19T09:25:00Z").from(LONDON));
    assertThat(run.only().getDescription())
        .contains("New York, US (10.2.0.1, Hudson Cable, AS64502) at 2026-11-19 09:10:00 UTC")
        .contains("from 2026-11-19 09:00:00 UTC to 2026-11-19 09:25:00 UTC")
        .contains("Nobody is in both at once")
        .doesNotContain("km/h");
  }

  @Test
  void saysOfAToken_itsUses_andNamesWhoseItIs() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted("t"),
        call("2026-11-21T09:00:00Z")
            .from(LONDON)
            .presents("t", "alice")
            .expires("2026-11-19T11:00:00Z"));
    assertThat(run.only().getTitle())
        .as("the call has no name, but the sign-in has")
        .isEqualTo("Token of alice@contoso.com accepted after its expiry");
    assertThat(run.only().getDescription())
        .contains("an accepted call from 10.1.0.1 (AS64501 Home Fibre, GB) at 2026-11-21 09:00:00")
        .contains("more than 5 minutes after it expired");
  }

  @Test
  void saysOfAToken_thatTheCountryChanged_whereTheNetworkDidNot() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from("20.1.1.1").in("GB", null, 0, 0).minted("t"),
        graph("2026-11-19T10:05:00Z").from("20.1.2.1").in("FR", null, 0, 0).presents("t", "alice"));
    Detection finding = run.active("token-replay").get(0);
    assertThat(finding.getTitle()).isEqualTo("Token of alice@contoso.com used from two countries");
    assertThat(finding.getDescription())
        .contains("two countries; at least one of the networks is unknown.")
        .contains("but here the country changed.")
        .doesNotContain("the network changed");
  }

  @Test
  void saysOfATokenAndACallWithoutACode_thatItWasNotAccepted() {
    run.see(
        signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).minted("t"),
        call("2026-11-19T10:05:00Z").from(LONDON).presents("t", "bob").status(-1));
    Detection finding = run.active("token-replay").get(0);
    assertThat(finding.getReason()).isEqualTo("wrong-principal");
    assertThat(finding.getDescription())
        .contains("and in a call that was not accepted from 10.1.0.1")
        .doesNotContain("refused");
    assertThat(finding.getEvidence())
        .extracting(event -> event.getMattered().get("observation"))
        .contains("call that was not accepted");
  }

  @Test
  void citesTheAddressOfEachEvent_notThatOfTheFirst() {
    for (int day = 1; day <= 7; day++) {
      for (int minute = 0; minute < 8; minute++) {
        run.see(
            call("2026-11-%02dT09:%02d:00Z".formatted(day, minute))
                .subscription("fabrikam-prod")
                .from("10.12.0.1"));
      }
    }
    run.see(
        call("2026-11-19T09:42:00Z").id("one").subscription("fabrikam-prod").from("10.15.0.1"),
        call("2026-11-19T09:44:00Z").id("two").subscription("fabrikam-prod").from("10.15.0.2"));
    assertThat(run.only().getDescription())
        .contains("accepted from 10.15.0.1 and 1 more address (AS64512/FR, Spree Net), in 2");
    assertThat(run.only().getEvidence())
        .extracting(event -> event.getEventId() + " " + event.getIp())
        .containsExactly("one 10.15.0.1", "two 10.15.0.2");
    run.see(
        call("2026-11-19T09:44:10Z").id("last").subscription("fabrikam-prod").from("10.15.0.3"));
    assertThat(run.only().getEvidence())
        .as("which of two addresses of one minute is the last event's is not known")
        .extracting(event -> event.getEventId() + " " + event.getIp())
        .containsExactly("one 10.15.0.1", "last null");
  }

  @Test
  void saysOfAPartner_whyANetworkOfEnoughDaysIsNotKnown() {
    for (int day = 1; day <= 23; day++) {
      for (int minute = 0; minute < 8; minute++) {
        run.see(
            call("2026-11-%02dT09:%02d:00Z".formatted(day, minute))
                .subscription("fabrikam-prod")
                .from(day <= 7 ? "10.12.0.1" : "10.15.0.1"));
      }
    }
    assertThat(run.active())
        .filteredOn(finding -> finding.getStartTime() == at("2026-11-23T09:00:00Z"))
        .flatExtracting(Detection::getGates)
        .filteredOn(gate -> gate.getGate().equals("known-network"))
        .extracting(
            gate -> gate.getNumbers().get("closedDays"), gate -> gate.getNumbers().get("known"))
        .containsExactly(
            tuple(
                14.0,
                "no, since the network had a finding of a new country or of hosting on a day of the"
                    + " window"));
  }

  @Test
  void saysOfAnAccountWithoutPlaces_thatNoPlaceIsKnown_notThatItDidNothing() {
    run.see(
        signIn("alice", "2026-11-10T09:00:00Z").from(LONDON).status(50_126),
        signIn("alice", "2026-11-19T09:58:12Z").from(LONDON),
        signIn("alice", "2026-11-19T10:58:12Z").from(NEW_YORK));
    assertThat(run.only().getDescription())
        .endsWith(
            " This account itself has no successful sign-in and no accepted call with a known place"
                + " from 30 to 2 days before, so its usual places are not known.");
  }

  @Test
  void saysOfAPartner_whatIsNew_andWhatIsKnown() {
    for (int day = 1; day <= 7; day++) {
      for (int minute = 0; minute < 8; minute++) {
        run.see(
            call("2026-11-%02dT09:%02d:00Z".formatted(day, minute))
                .subscription("fabrikam-prod")
                .from("10.12.0.1"));
      }
    }
    run.see(call("2026-11-19T09:42:00Z").subscription("fabrikam-prod").from("10.15.0.1"));
    Detection finding = run.only();
    assertThat(finding.getTitle())
        .isEqualTo("Partner Fabrikam Freight: calls from a new country, FR");
    assertThat(finding.getDescription())
        .contains("accepted from 10.15.0.1 (AS64512/FR, Spree Net), in 1 minute of 2026-11-19")
        .contains("None of the partner's known networks is in FR")
        .contains("Known: AS64512/DE; learned from 7 days with calls in 56 minutes");
    assertThat(finding.getEntities())
        .as("a subscription of the gateway is no account")
        .isEqualTo(List.of(Map.of("kind", "IP", "Address", "10.15.0.1")));
  }

  @Test
  void saysWhatATakenBackFindingSaid() {
    run.see(
        signIn("alice", "2026-11-19T09:58:12Z").from(LONDON),
        signIn("alice", "2026-11-19T10:58:12Z").from(NEW_YORK));
    Detection standing = run.only();
    assertThat(RetractionTexts.withdrawn(standing, "").getDescription())
        .startsWith("Retracted: ")
        .endsWith(standing.getDescription());
  }
}
