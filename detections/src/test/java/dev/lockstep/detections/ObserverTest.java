package dev.lockstep.detections;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Sighting;
import dev.lockstep.schemas.TokenUseKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ObserverTest {
  private static final String NOON = "2026-11-19T12:00:00Z";
  private static final String LONDON = "10.1.0.1";

  @ParameterizedTest
  @CsvSource({
    "200,ACCEPTED",
    "404,ACCEPTED",
    "500,ACCEPTED",
    "401,REFUSED",
    "403,REFUSED",
    "407,IGNORED",
    "429,IGNORED",
    "-1,IGNORED"
  })
  void takesACallByItsAnswer(int status, TokenUseKind kind) {
    Meanings meanings =
        Meanings.of(call(NOON).status(status).from(LONDON).presents("t", "alice").build());
    assertThat(meanings.tokens).extracting(Sighting::getTokenUse).containsExactly(kind);
    assertThat(meanings.stays).hasSize(kind == TokenUseKind.ACCEPTED ? 1 : 0);
  }

  @Test
  void takesSuccessfulSignInsOnly() {
    Meanings meanings =
        Meanings.of(
            signIn("alice", NOON).status(50126).from(LONDON).minted("t").build(),
            signIn("alice", NOON).status(-1).from(LONDON).minted("t").build());
    assertThat(meanings.stays).isEmpty();
    assertThat(meanings.tokens).isEmpty();
  }

  @Test
  void takesNoPlace_fromClaimsThatNobodyValidated() {
    Meanings meanings =
        Meanings.of(
            call(NOON).from(LONDON).claimsOnly("t", "alice").subscription("fabrikam-prod").build());
    assertThat(meanings.stays).isEmpty();
    assertThat(meanings.tokens).isEmpty();
    assertThat(meanings.partners).hasSize(1);
  }

  @Test
  void keepsNoOid_ofClaimsThatNobodyValidated() {
    Meanings meanings =
        Meanings.of(call(NOON).status(401).from(LONDON).claimsOnly("t", "mallory").build());
    Sighting sighting = meanings.tokens.get(0);
    assertThat(sighting.getTokenUse()).isEqualTo(TokenUseKind.CLAIMED);
    assertThat(sighting.getOid()).isNull();
    assertThat(sighting.getPrincipal()).isNull();
  }

  @Test
  void seesATokenWithoutAnAddress() {
    Meanings meanings = Meanings.of(call(NOON).presents("t", "alice").build());
    assertThat(meanings.tokens).hasSize(1);
    assertThat(meanings.gate("token-replay", "no-address")).isEqualTo(1);
    assertThat(meanings.gate("impossible-travel", "no-address")).isEqualTo(1);
    assertThat(meanings.somewhere).hasSize(1);
  }

  @Test
  void takesACountryForTheNetwork_notForAPlace() {
    Meanings meanings = Meanings.of(call(NOON).from("10.10.0.1").presents("t", "alice").build());
    assertThat(meanings.stays).isEmpty();
    assertThat(meanings.gate("impossible-travel", "no-place")).isEqualTo(1);
    assertThat(meanings.tokens.get(0).getSpot().getNetworkCountry()).isEqualTo("DE");
    assertThat(meanings.tokens.get(0).getSpot().getPlace()).isNull();
  }

  @Test
  void looksBehindATrustedProxy() {
    Meanings meanings =
        Meanings.of(
            call(NOON)
                .from("10.9.0.1")
                .forwarded(null, "1.2.3.4, " + LONDON + ", 10.9.0.2")
                .presents("t", "alice")
                .build());
    assertThat(meanings.stays.get(0).getSpot().getAddress()).isEqualTo(LONDON);
  }

  @Test
  void believesNoHeader_ofAnybodyElse() {
    Meanings meanings =
        Meanings.of(
            call(NOON).from("10.2.0.1").forwarded(LONDON, LONDON).presents("t", "alice").build());
    assertThat(meanings.stays.get(0).getSpot().getAddress()).isEqualTo("10.2.0.1");
  }

  @Test
  void saysWhatItIsBlindTo() {
    Meanings meanings =
        Meanings.of(
            signIn("alice", NOON).from(LONDON).build(),
            signIn("alice", NOON).from(LONDON).minted("t").build(),
            call(NOON).from(LONDON).build(),
            call(NOON).from(LONDON).presents("t", "alice").build());
    assertThat(meanings.sees("token-replay", "signInsWithoutToken")).isEqualTo(1);
    assertThat(meanings.sees("token-replay", "signInsWithToken")).isEqualTo(1);
    assertThat(meanings.sees("token-replay", "callsWithoutToken")).isEqualTo(1);
    assertThat(meanings.sees("token-replay", "callsWithToken")).isEqualTo(1);
    assertThat(meanings.sees("partner-ip-drift", "callsOfNoPartner")).isEqualTo(2);
  }
}
