package dev.lockstep.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Credential;
import dev.lockstep.schemas.Delegation;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SignIn;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events in which an application or an agent acts for a user. */
final class OnBehalfTest {
  private static final String TIME = "2026-11-19T10:00:00Z";
  private static final String GRAPH = "MicrosoftGraphActivityLogs";

  private static boolean isOnBehalf(ActivityBuilder builder) {
    Enrichment nothing = Enrichment.none();
    return new Event(builder.build(), nothing, Event.Claims.VALIDATED, false, false).isOnBehalf();
  }

  private static ActivityBuilder call(int clientAuth, List<Integer> actor, List<Integer> subject) {
    return ActivityBuilder.call(TIME)
        .by("alice")
        .token("t")
        .with(
            call ->
                call.getToken()
                    .setDelegation(new Delegation(null, clientAuth, actor, subject, null)));
  }

  private static ActivityBuilder signIn(@Nullable String credential, @Nullable String agent) {
    return ActivityBuilder.signIn("alice", TIME)
        .nonInteractive()
        .with(signIn -> sayWith(signIn, credential, agent));
  }

  private static void sayWith(
      Activity activity, @Nullable String credential, @Nullable String agent) {
    SignIn signIn = new SignIn();
    signIn.setRiskEvents(List.of());
    signIn.setPolicies(List.of());
    signIn.setAgentType(agent);
    signIn.setCredential(new Credential(credential, null, null, null));
    activity.setSignIn(signIn);
  }

  @ParameterizedTest
  @CsvSource({"-1,false", "0,false", "1,true", "2,true", "3,false"})
  void isACall_whoseApplicationProvedItself(int clientAuth, boolean onBehalf) {
    assertThat(isOnBehalf(call(clientAuth, List.of(), List.of()))).isEqualTo(onBehalf);
    assertThat(isOnBehalf(call(clientAuth, List.of(), List.of()).category(GRAPH)))
        .isEqualTo(onBehalf);
  }

  @Test
  void isACall_ofAnAgent_byOneFacetOfSeveral() {
    assertThat(isOnBehalf(call(0, List.of(1, 11), List.of()))).isTrue();
    assertThat(isOnBehalf(call(0, List.of(), List.of(13, 2)))).isTrue();
    assertThat(isOnBehalf(call(0, List.of(13, 1), List.of(11, 3)))).isFalse();
  }

  @Test
  void isNoGraphCall_byFacets_whichOnlyTheLinkHas() {
    assertThat(isOnBehalf(call(0, List.of(11), List.of(13)).category(GRAPH))).isFalse();
  }

  @Test
  void isNoCall_ofAWorkload_norByClaimsThatNobodyValidated() {
    assertThat(
            isOnBehalf(
                call(2, List.of(11), List.of(13))
                    .with(call -> call.setPrincipal(new Principal("w", null, "workload")))))
        .isFalse();
    assertThat(isOnBehalf(call(2, List.of(11), List.of(13)).unvalidated())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"clientSecret", "certificate", "federatedIdentityCredential", " other "})
  void isANonInteractiveSignIn_withACredential(String credential) {
    assertThat(isOnBehalf(signIn(credential, null))).isTrue();
    assertThat(isOnBehalf(signIn(credential, "notAgentic"))).isTrue();
    assertThat(isOnBehalf(signIn(credential, null).category("SignInLogs"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"agenticAppInstance", "agenticIdentity", "Unknown"})
  void isANonInteractiveSignIn_ofAnAgent(String agent) {
    assertThat(isOnBehalf(signIn(null, agent))).isTrue();
    assertThat(isOnBehalf(signIn("none", agent))).isTrue();
    assertThat(isOnBehalf(signIn(null, agent).category("SignInLogs"))).isFalse();
  }

  @Test
  void isNoSignIn_thatSaysNeither_howeverItIsSpelt() {
    assertThat(isOnBehalf(signIn(null, null))).isFalse();
    assertThat(isOnBehalf(signIn("", " "))).isFalse();
    assertThat(isOnBehalf(signIn(" NONE", "None "))).isFalse();
    assertThat(isOnBehalf(signIn("none", " notagentic"))).isFalse();
    assertThat(isOnBehalf(ActivityBuilder.signIn("alice", TIME).nonInteractive())).isFalse();
  }
}
