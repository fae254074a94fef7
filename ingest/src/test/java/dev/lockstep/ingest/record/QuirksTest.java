package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.SIGN_IN;
import static dev.lockstep.ingest.message.Records.activity;
import static dev.lockstep.ingest.message.Records.rejection;
import static dev.lockstep.ingest.record.Probe.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.text.AddressText;
import dev.lockstep.schemas.Activity;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Azure's senders do in one log that one would not expect: each once, and what becomes of it.
 */
class QuirksTest {
  // addresses

  @ParameterizedTest
  @ValueSource(strings = {"\"<null>\"", "\"\"", "null", "{}", "[]", "\" \""})
  void anAddressIsWrittenAndAbsent(String value) {
    String record = with(OtherRecords.AUDIT, "properties.initiatedBy.user.ipAddress", value);
    assertThat(activity(record).getAddress()).isNull();
    assertThat(activity(with(CALL, "callerIpAddress", value)).getAddress()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "198.51.100.7:51234, 198.51.100.7",
    "::ffff:198.51.100.7, 198.51.100.7",
    "[2a02:cf40::1]:443, 2a02:cf40::1",
    "fe80::1%eth0, fe80::1",
  })
  void anAddressHasAPort_aZone_orIsIpv4WithinIpv6(String text, String bare) {
    assertThat(activity(with(CALL, "callerIpAddress", '"' + text + '"')).getAddress())
        .isEqualTo(text);
    assertThat(AddressText.bare(text)).isEqualTo(bare);
  }

  @Test
  void anAddressIsJunk_andIsKeptAsItIs() {
    assertThat(activity(with(SIGN_IN, "properties.ipAddress", "\"127.0.0.0/8\"")).getAddress())
        .isEqualTo("127.0.0.0/8");
  }

  // sign-ins

  @Test
  void aManagedIdentityHasNoAddress_noUser_andLiesAtZeroZero() {
    String record =
        with(
            with(
                with(SIGN_IN, "category", "\"ManagedIdentitySignInLogs\""),
                "properties",
                "{\"id\":\"i\",\"ipAddress\":\"\",\"userId\":null,\"servicePrincipalId\":\"SP\","
                    + "\"uniqueTokenIdentifier\":\"4AQlP4lP00GaDAMF6CwzAQ\",\"location\":{\"city\":\"\","
                    + "\"geoCoordinates\":{\"latitude\":0.0,\"longitude\":-0.0}},\"mfaDetail\":{}}"),
            "callerIpAddress",
            "null");
    Activity activity = activity(with(record, "location", "\"\""));
    assertThat(activity.getAddress()).isNull();
    assertThat(activity.getGeo()).isNull();
    assertThat(activity.getPrincipal().getType()).isEqualTo("workload");
    assertThat(activity.getToken().getUti()).isEqualTo(Records.GUID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4AQlP4lP00GaDAMF6CwzAQ",
        "M2YyNTA0ZTAtNGY4OS00MWQzLTlhMGMtMDMwNWU4MmMzMzAx",
      })
  void aTokenIsWrittenInTwoEncodings_andEqualsTheSignInsId(String uti) {
    Activity signIn = activity(with(SIGN_IN, "properties.uniqueTokenIdentifier", '"' + uti + '"'));
    assertThat(signIn.getToken().getUti()).isEqualTo(signIn.getEventId());
    Activity call =
        activity(with(OtherRecords.GRAPH_CALL, "properties.signInActivityId", '"' + uti + '"'));
    assertThat(call.getToken().getUti()).isEqualTo(signIn.getEventId());
    Activity risk = activity(with(OtherRecords.RISK, "properties.requestId", '"' + uti + '"'));
    assertThat(risk.getRisk().getRequestId()).isEqualTo(signIn.getEventId());
  }

  @Test
  void policiesMakeARecordLarge_andOnlyTheNamesOfTheAppliedAreKept() {
    String policies = "[" + "{\"id\":\"p\",\"x\":[1]},".repeat(2500) + "{}]";
    String record = with(SIGN_IN, "properties.appliedConditionalAccessPolicies", policies);
    assertThat(record.length()).isGreaterThan(40_000);
    Activity expected = activity(SIGN_IN);
    expected.getSignIn().setPolicies(List.of());
    assertThat(activity(record)).isEqualTo(expected);
    String applied = policies.replace("\"x\":[1]", "\"result\":\" Failure \"");
    assertThat(
            activity(with(SIGN_IN, "properties.appliedConditionalAccessPolicies", applied))
                .getSignIn()
                .getPolicies())
        .hasSize(16)
        .containsOnly("p");
  }

  // changes

  @Test
  void anOperationEndsInABlank_andHoldsADash() {
    String name = "Update application \u2013 Certificates and secrets management ";
    String record = with(OtherRecords.AUDIT, "properties.activityDisplayName", '"' + name + '"');
    assertThat(activity(record).getOperation()).isEqualTo(name.strip());
  }

  @Test
  void aNewValueIsJsonWithinAText() {
    String record = with(OtherRecords.AUDIT, "properties.targetResources[0].type", "\"User\"");
    assertThat(activity(record).getChange().getRole()).isEqualTo("Global Reader");
  }

  @Test
  void aChangeIsMadeByAnApplication_ofWhichOnlyANameIsTold() {
    String record =
        with(
            OtherRecords.AUDIT,
            "properties.initiatedBy",
            "{\"app\":{\"appId\":null,\"displayName\":\"Sync\",\"servicePrincipalId\":\"\"}}");
    Activity change = activity(record);
    assertThat(change.getPrincipal()).isNull();
    assertThat(change.getChange().getInitiator()).isEqualTo("Sync");
  }

  // calls

  @Test
  void theDocumentedTimeIsMasked_andRejected() {
    assertThat(rejection(with(CALL, "time", "\"2020-10-14T17:xx:xx.xx\"")).getReason())
        .isEqualTo("bad-time");
  }

  @Test
  void aGatewayOmitsWhatHasNoValue() {
    Activity call = activity(with(CALL, "properties", "{\"responseCode\":0}"));
    assertThat(call.getPrincipal()).isNull();
    assertThat(call.getRequest()).isNull();
    assertThat(call.getStatus()).isZero();
  }

  // Front Door

  @Test
  void frontDoorWritesNumbersAsTexts_andItsCategoryInTwoWays() {
    Activity request = activity(with(OtherRecords.EDGE, "category", "\"FrontdoorAccessLog\""));
    assertThat(request.getCategory()).isEqualTo("FrontDoorAccessLog");
    assertThat(request.getStatus()).isEqualTo(201);
    assertThat(activity(OtherRecords.FIREWALL).getCategory())
        .isEqualTo("FrontDoorWebApplicationFirewallLog");
  }

  @ParameterizedTest
  @CsvSource({"'\"0\"',0", "'\"499\"',499", "'\"N/A\"',-1", "'\"\"',-1"})
  void frontDoorsStatusIsNoHttpStatusSometimes(String value, int status) {
    assertThat(activity(with(OtherRecords.EDGE, "properties.httpStatusCode", value)).getStatus())
        .isEqualTo(status);
  }

  // vaults

  @Test
  void aVaultSaysSuccess_whereItRefused() {
    assertThat(activity(OtherRecords.VAULT).getStatus()).isEqualTo(403);
  }

  @Test
  void aVaultWritesClaimsByLongNamesOrShort() {
    String oid = "http://schemas.microsoft.com/identity/claims/objectidentifier";
    String upn = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn";
    String record =
        OtherRecords.VAULT.replace("\"oid\"", '"' + oid + '"').replace("\"upn\"", '"' + upn + '"');
    assertThat(activity(record).getPrincipal())
        .isEqualTo(activity(OtherRecords.VAULT).getPrincipal());
  }

  @Test
  void aVaultsCorrelationIdIsEmpty() {
    Activity call = activity(with(OtherRecords.VAULT, "correlationId", "\"\""));
    assertThat(call.getEventId()).hasSize(16);
    assertThat(call.getCorrelationId()).isNull();
  }

  // risks

  @Test
  void aRisksHourHasOneDigit_andItsEnvelopeAmericanTime() {
    String record =
        with(OtherRecords.RISK, "properties.activityDateTime", "\"2025-11-14T2:48:50.361Z\"");
    Activity risk = activity(record);
    assertThat(Instant.ofEpochMilli(risk.getEventAt())).isEqualTo("2025-11-14T02:48:50.361Z");
    assertThat(Instant.ofEpochMilli(risk.getArrivalAt())).isEqualTo("2025-11-14T03:07:16Z");
  }
}
