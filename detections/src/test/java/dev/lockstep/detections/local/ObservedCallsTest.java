package dev.lockstep.detections.local;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.schemas.Detection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls and sign-ins as rules see them: accepted or not, from where, and what is counted. */
final class ObservedCallsTest {
  private static final String TRAVEL = "impossible-travel";
  private static final String TOKEN = "token-replay";
  private static final String NOON = "2026-11-19T12:00:00Z";
  private static final String LATER = "2026-11-19T12:30:00Z";
  private static final String LONDON = "10.1.0.1";
  private static final String NEW_YORK = "10.2.0.1";
  private static final String PROXY = "10.9.0.1";

  private final LocalRun run = new LocalRun().see(signIn("alice", NOON).from(LONDON));

  private static ActivityBuilder abroad() {
    return call(LATER).from(NEW_YORK).presents("t", "alice");
  }

  @ParameterizedTest
  @CsvSource({
    "200,true",
    "404,true",
    "500,true",
    "401,false",
    "403,false",
    "407,false",
    "429,false",
    "-1,false"
  })
  void takeACallForALocation_whereTheGatewayAcceptedIt(int status, boolean fires) {
    run.see(abroad().status(status));
    assertThat(run.active(TRAVEL)).hasSize(fires ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({"50126", "-1"})
  void takeNoSignInForALocation_thatFailed(int status) {
    run.see(signIn("alice", LATER).status(status).from(NEW_YORK));
    assertThat(run.hasNoFinding()).isTrue();
  }

  @Test
  void takeNoPlace_fromClaimsThatNobodyValidated() {
    run.see(call(LATER).from(NEW_YORK).claimsOnly("t", "alice").subscription("fabrikam-prod"));
    assertThat(run.hasNoFinding()).isTrue();
    assertThat(run.gate("partner-ip-drift", "learning")).as("for the rest, a call").isEqualTo(1);
  }

  @Test
  void lookBehindATrustedProxy() {
    run.see(abroad().from(PROXY).forwarded(null, "1.2.3.4, " + NEW_YORK + ", 10.9.0.2"));
    assertThat(run.active(TRAVEL)).extracting(Detection::getIp).containsExactly(NEW_YORK);
  }

  @Test
  void believeTheSocketAddress_beforeTheList() {
    run.see(abroad().from(PROXY).forwarded(NEW_YORK + ":443", LONDON));
    assertThat(run.active(TRAVEL)).extracting(Detection::getIp).containsExactly(NEW_YORK);
  }

  @Test
  void believeNoHeader_ofAnybodyElse() {
    run.see(abroad().from("10.1.0.9").forwarded(NEW_YORK, NEW_YORK));
    assertThat(run.hasNoFinding()).isTrue();
  }

  @Test
  void countWhatHasNoAddress() {
    run.see(
        call(LATER).presents("t", "alice"),
        call(LATER)
            .id("behind")
            .subscription("fabrikam-prod")
            .from(PROXY)
            .forwarded(null, "10.12.0.1, not-an-address"));
    assertThat(run.gate(TOKEN, "no-address")).isEqualTo(1);
    assertThat(run.gate(TRAVEL, "no-address")).isEqualTo(1);
    assertThat(run.gate("partner-ip-drift", "no-address")).isEqualTo(1);
  }

  @Test
  void takeACountryForTheNetwork_notForAPlace() {
    run.see(
        signIn("bob", NOON).from("10.10.0.1").minted("t2"),
        call(LATER).from("10.2.0.1").presents("t2", "bob"));
    assertThat(run.gate(TRAVEL, "no-place")).isEqualTo(1);
    assertThat(run.only().getReason()).as("DE and US").isEqualTo("two-networks");
  }

  @Test
  void countWhatIsSeen() {
    run.see(
        signIn("alice", LATER).from(LONDON).minted("t"),
        call(LATER).from(LONDON),
        call(LATER).from("10.1.0.2").presents("t", "alice"));
    assertThat(run.sees(TOKEN, "signInsWithoutToken")).isEqualTo(1);
    assertThat(run.sees(TOKEN, "signInsWithToken")).isEqualTo(1);
    assertThat(run.sees(TOKEN, "callsWithoutToken")).isEqualTo(1);
    assertThat(run.sees(TOKEN, "callsWithToken")).isEqualTo(1);
    assertThat(run.sees("partner-ip-drift", "callsOfNoPartner")).isEqualTo(2);
  }
}
