package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.SIGN_IN;
import static dev.lockstep.ingest.message.Records.activity;
import static dev.lockstep.ingest.record.OtherRecords.ADMINISTRATIVE;
import static dev.lockstep.ingest.record.OtherRecords.AUDIT;
import static dev.lockstep.ingest.record.OtherRecords.FIREWALL;
import static dev.lockstep.ingest.record.OtherRecords.ROLE_ON_RESOURCE;
import static dev.lockstep.ingest.record.Probe.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Change;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.Target;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields whose shape on the wire is not documented, or is another than it should be. */
class OddShapesTest {
  private static final String ZERO = "\"00000000-0000-0000-0000-000000000000\"";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "clientCredentialType|[\"x\"]|bad-credential",
        "clientCredentialType|{\"x\":1}|bad-credential",
        "servicePrincipalCredentialKeyId|[1]|bad-credential",
        "servicePrincipalCredentialThumbprint|{\"x\":1}|bad-credential",
        "federatedCredentialId|[1]|bad-credential",
        "tokenProtectionStatusDetails|[\"bound\"]|bad-session-status",
        "tokenProtectionStatusDetails|\"bound\"|bad-session-status",
        "tokenProtectionStatusDetails|{\"signInSessionStatus\":[1]}|bad-session-status",
        "agent|\"notAgentic\"|bad-agent",
        "agent|{\"agentType\":{\"x\":1}}|bad-agent",
        "appliedConditionalAccessPolicies|7|bad-policies",
        "appliedConditionalAccessPolicies|\"none\"|bad-policies",
        "deviceDetail|\"laptop\"|bad-device-detail",
        "userId|[\"a\"]|bad-id",
        "userId|{\"a\":1}|bad-id",
        "appId|[\"a\"]|bad-id",
        "ipAddress|[\"192.0.2.1\"]|bad-id",
        "uniqueTokenIdentifier|{\"a\":1}|bad-id",
        "location|\"GB\"|bad-location",
        "location|[\"GB\"]|bad-location",
        "location|{\"geoCoordinates\":\"51.5,-0.1\"}|bad-location",
        "status|50126|bad-status",
        "deviceDetail|[{\"deviceId\":\"d\"}]|bad-device-detail"
      })
  void countsWhatIsNotUnderstoodOfASignIn(String key, String value, String flaw) {
    String record = with(SIGN_IN, "properties." + key, value);
    assertThat(flaws(record)).containsExactly(flaw);
    SignIn signIn = activity(record).getSignIn();
    assertThat(signIn.getCredential()).isNull();
    assertThat(signIn.getSessionBinding()).isNull();
    assertThat(signIn.getAgentType()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"initiatedBy", "initiatedBy.user"})
  void countsAnInitiatorThatIsNotUnderstood(String key) {
    for (String value : new String[] {"[{\"id\":\"a\"}]", "\"somebody\"", "7"}) {
      assertThat(flaws(with(AUDIT, "properties." + key, value))).containsExactly("bad-id");
    }
    for (String value : new String[] {"null", "{}", "[]", "\"\""}) {
      assertThat(flaws(with(AUDIT, "properties." + key, value))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[{\"method\":\"GET\"}]", "7", "true"})
  void countsPropertiesThatAreNoObject(String properties) {
    assertThat(flaws(with(CALL, "properties", properties))).containsExactly("bad-properties");
    for (String absent : new String[] {"null", "[]", "\"\""}) {
      assertThat(flaws(with(CALL, "properties", absent))).isEmpty();
    }
  }

  @Test
  void readsObjectsThatAreTexts() {
    String record =
        with(
            with(
                with(SIGN_IN, "properties.agent", "\"{\\\"agentType\\\":\\\"notAgentic\\\"}\""),
                "properties.tokenProtectionStatusDetails",
                "\"{'signInSessionStatus':' Bound '}\""),
            "properties.appliedConditionalAccessPolicies",
            "\"[{\\\"id\\\":\\\"p\\\",\\\"result\\\":\\\"FAILURE\\\"}]\"");
    SignIn signIn = activity(record).getSignIn();
    assertThat(signIn.getAgentType()).isEqualTo("notAgentic");
    assertThat(signIn.getSessionBinding()).isEqualTo("Bound");
    assertThat(signIn.getPolicies()).containsExactly("p");
    assertThat(flaws(record)).isEmpty();
    String error =
        with(
            CALL,
            "properties.lastError",
            "\"{\\\"source\\\":\\\"s\\\",\\\"reason\\\":\\\"r\\\"}\"");
    assertThat(activity(error).getApi().getErrorSource()).isEqualTo("s");
    assertThat(activity(error).getApi().getErrorReason()).isEqualTo("r");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"x\"", "7", "{\"source\":[1]}", "{\"reason\":{\"a\":1}}"})
  void countsAnErrorThatIsNotUnderstood(String error) {
    String record = with(CALL, "properties.lastError", error);
    assertThat(flaws(record)).containsExactly("bad-last-error");
    assertThat(activity(record).getApi().getErrorSource()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"source\":\"lockstep\",\"message\":\"{\\\"v\\\":1,\\\"uti\\\":\\\"x\"}]",
        "[{\"message\":\"no JSON\",\"source\":\"Lockstep\"}]",
        "[{\"source\":\"lockstep\",\"message\":[{\"v\":1}]}]",
        "[{\"source\":\"lockstep\"}]",
        "[[{\"source\":\"lockstep\",\"message\":{\"v\":1}}]]",
        "[\"{\\\"source\\\":\\\"lockstep\\\"}\"]",
        "\"[{\\\"source\\\":\\\"lockstep\\\",\\\"message\\\":\\\"{\"",
        "\"lockstep: uti x\"",
        "7"
      })
  void countsATraceThatIsNotUnderstood(String traces) {
    String record = with(CALL, "properties.traceRecords", traces);
    assertThat(flaws(record)).containsExactly("bad-trace");
    assertThat(activity(record).getToken()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "\"\"",
        "[]",
        "{}",
        "[null,{},[]]",
        "[{\"source\":\"other\",\"message\":\"no JSON\"},{\"message\":\"{\"}]",
        "[{\"source\":\"lockstep\",\"message\":\"{\\\"v\\\":1,\\\"validated\\\":false}\"}]",
        "\"[{\\\"source\\\":\\\"lockstep\\\",\\\"message\\\":{\\\"v\\\":1}}]\""
      })
  void countsNoTraceThatIsAnothersOrWhole(String traces) {
    assertThat(flaws(with(CALL, "properties.traceRecords", traces))).isEmpty();
  }

  @Test
  void takesTheZeroGuidAsAbsent_inEveryId() {
    for (String key :
        new String[] {
          "resourceId", "servicePrincipalCredentialKeyId", "federatedCredentialId", "sessionId"
        }) {
      String record = with(SIGN_IN, "properties." + key, ZERO);
      assertThat(activity(record).toString()).as(key).doesNotContain("00000000-0000-0000");
    }
    String unnamed =
        with(with(SIGN_IN, "properties.userId", ZERO), "properties.deviceDetail.deviceId", ZERO);
    assertThat(activity(unnamed).getPrincipal()).isNull();
    assertThat(activity(unnamed).getDevice().getId()).isNull();
    String token = with(SIGN_IN, "properties.uniqueTokenIdentifier", "\"AAAAAAAAAAAAAAAAAAAAAA\"");
    assertThat(activity(token).getToken().getUti()).isNull();
    String change = with(AUDIT, "properties.targetResources[0].id", ZERO);
    assertThat(activity(change).getChange().getTargets().get(0).getId()).isNull();
    assertThat(activity(change).getChange().getRoleId()).isEqualTo("template-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"2025-11-14T06:20:00.5Z\"",
        "\"2025-11-14 06:20:00.500000000\"",
        "\"11/14/2025 6:20:00.5 AM\"",
        "\"2025-11-14T08:20:00.5+02:00\""
      })
  void readsHowLongAnActivationHolds_inEachForm(String end) {
    String record =
        with(
            with(AUDIT, "properties.additionalDetails[ExpirationTime]", end),
            "properties.additionalDetails[StartTime]",
            "\"2025-11-14T02:20:00Z\"");
    Change change = activity(record).getChange();
    assertThat(Instant.ofEpochMilli(change.getStartsAt())).isEqualTo("2025-11-14T02:20:00Z");
    assertThat(Instant.ofEpochMilli(change.getEndsAt())).isEqualTo("2025-11-14T06:20:00.500Z");
    assertThat(flaws(record)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"Permanent\"", "7", "[\"2025-11-14T06:20:00Z\"]", "{\"x\":1}"})
  void countsATimeThatIsNone(String end) {
    String record = with(AUDIT, "properties.additionalDetails[ExpirationTime]", end);
    assertThat(activity(record).getChange().getEndsAt()).isNull();
    assertThat(flaws(record)).containsExactly("bad-activation-time");
  }

  @Test
  void countsAnActivationThatEndsBeforeItBegins_andKeepsWhatItSays() {
    String record =
        with(
            with(ROLE_ON_RESOURCE, "properties.StartTime", "\"2025-11-14T06:20:00Z\""),
            "properties.ExpirationTime",
            "\"2025-11-14T02:20:00Z\"");
    assertThat(activity(record).getChange().getEndsAt())
        .isLessThan(activity(record).getChange().getStartsAt());
    assertThat(flaws(record)).containsExactly("contradicting-times");
    String unset = with(ROLE_ON_RESOURCE, "properties.ExpirationTime", "\"0001-01-01T00:00:00\"");
    assertThat(activity(unset).getChange().getEndsAt()).isNull();
    assertThat(flaws(unset)).isEmpty();
  }

  @Test
  void namesARole_byItsDisplayName() {
    String record = with(AUDIT, "properties.targetResources[0].userPrincipalName", "\"upn\"");
    assertThat(activity(record).getChange().getTargets())
        .extracting(Target::getName)
        .containsExactly("Global Reader", "ada@contoso.example");
    assertThat(activity(ROLE_ON_RESOURCE).getChange().getCategory()).isEqualTo("ActivateRole");
  }

  @Test
  void aChangeIsAUsers_byAnyClaimThatEndsSo_andNotByWhereItWasAuthorised() {
    String none =
        with(
            with(ADMINISTRATIVE, "identity.claims.{upn}", "null"),
            "identity.claims.{scope}",
            "\"\"");
    assertThat(activity(none).getChange().getByUser()).isFalse();
    for (String claim :
        new String[] {"upn", "scp", "scope", "SCP", "urn:x/UPN", "http://x/claims/scope"}) {
      String record = none.replace("\"claims\":{", "\"claims\":{\"" + claim + "\":\"x\",");
      assertThat(activity(record).getChange().getByUser()).as(claim).isTrue();
    }
    String other = none.replace("\"claims\":{", "\"claims\":{\"scp\":[\"a\"],");
    assertThat(activity(other).getChange().getByUser()).isTrue();
    String longName =
        none.replace(
            "http://schemas.microsoft.com/identity/claims/objectidentifier",
            "http://x/identity/OBJECTIDENTIFIER");
    assertThat(activity(longName).getToken().getOid())
        .isEqualTo("aaaaaaaa-4f89-41d3-9a0c-000000000001");
  }

  @Test
  void theFirewallsHostIsItsOwnWord_elseTheUrls() {
    String other = with(FIREWALL, "properties.host", "\" Other.Example:8443 \"");
    assertThat(activity(other).getRequest().getHost()).isEqualTo("other.example");
    assertThat(activity(other).getRequest().getPath()).isEqualTo("/orders/7");
    String none = with(FIREWALL, "properties.host", "\"\"");
    assertThat(activity(none).getRequest().getHost()).isEqualTo("api.contoso.example");
    assertThat(activity(FIREWALL).getRequest().getPolicyMode()).isEqualTo("prevention");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"x-AZURE-fdid\":\" f-1 \"}|f-1",
        "{\"X-Azure-FDID\":[\"f-1\",\"f-2\"]}|f-1,f-2",
        "[{\"name\":\"X-Azure-FDID\",\"value\":\"f-1\"},{\"name\":\"x-azure-fdid\",\"value\":\"f-2\"}]|f-1,f-2",
        "[{\"X-Azure-FDID\":\"f-1\"}]|f-1"
      })
  void readsTheFrontDoor_inEachShapeOfHeaders(String headers, String expected) {
    String record = with(CALL, "properties.requestHeaders", headers);
    assertThat(activity(record).getRequest().getFrontDoorId()).isEqualTo(expected);
  }

  private static Set<String> flaws(String record) {
    Set<String> flaws = new TreeSet<>(((Outcome.Mapped) Records.one(record)).flaws());
    flaws.remove("not-a-guid");
    return flaws;
  }
}
