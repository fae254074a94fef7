package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.message.Records.activity;
import static dev.lockstep.ingest.message.Records.rejection;
import static dev.lockstep.ingest.message.Records.words;
import static dev.lockstep.ingest.record.OtherRecords.RISK;
import static dev.lockstep.ingest.record.OtherRecords.RISKY_USER;
import static dev.lockstep.ingest.record.OtherRecords.VAULT;
import static dev.lockstep.ingest.record.Probe.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.json.JsonContentHash;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RiskAndVaultTest {
  @Test
  void aRiskNamesWhoAndWhat_andTheSignInItIsAbout() {
    Activity risk = activity(RISK);
    assertThat(risk.getKind()).isEqualTo(ActivityKind.RISK);
    assertThat(risk.getEventId()).isEqualTo("risk-1/atrisk/high");
    assertThat(risk.getPrincipal().getName()).isEqualTo("ada@contoso.example");
    assertThat(risk.getRisk().toString())
        .isEqualTo(
            "{\"id\": \"risk-1\", \"type\": \"anonymizedIPAddress\", \"level\": \"high\","
                + " \"state\": \"atRisk\","
                + " \"detail\": \"none\", \"source\": \"IdentityProtection\", \"timing\":"
                + " \"realtime\", \"activity\": \"signin\", \"requestId\": \"%s\"}"
                    .formatted(Records.GUID));
    assertThat(risk.getUserAgent()).isEqualTo("browser/1");
  }

  @Test
  void aUserAtRiskIsAnEventWithEachChangeOfState() {
    Activity risk = activity(RISKY_USER);
    assertThat(risk.getEventId())
        .isEqualTo("AAAAAAAA-4F89-41d3-9a0c-000000000001/2025-11-14T03:11:52.702Z");
    assertThat(activity(with(RISKY_USER, "time", "\"11/14/2025 4:00:00 AM\"")).getEventId())
        .isEqualTo(risk.getEventId());
    String undated = with(RISKY_USER, "properties.riskLastUpdatedDateTime", "null");
    assertThat(activity(undated).getEventId())
        .isNotEqualTo(
            activity(with(undated, "properties.riskState", "\"dismissed\"")).getEventId());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "11/14/2025 2:03:03 PM",
        "2025-11-14T14:03:03Z",
        "2025-11-14T14:03:03.0000000Z",
        "2025-11-14T16:03:03+02:00"
      })
  void aUserAtRiskIsTheSameEvent_howeverItsTimeIsWritten(String time) {
    String hub = with(RISKY_USER, "time", "\"11/14/2025 3:00:00 PM\"");
    assertThat(
            activity(with(hub, "properties.riskLastUpdatedDateTime", "\"" + time + "\""))
                .getEventId())
        .isEqualTo("AAAAAAAA-4F89-41d3-9a0c-000000000001/2025-11-14T14:03:03Z");
  }

  @Test
  void twoStatesOfAUserWithinAMillisecondAreTwoEvents() {
    String updated = "properties.riskLastUpdatedDateTime";
    assertThat(activity(with(RISKY_USER, updated, "\"2025-11-14T03:11:52.7021Z\"")).getEventId())
        .isEqualTo("AAAAAAAA-4F89-41d3-9a0c-000000000001/2025-11-14T03:11:52.702100Z");
    assertThat(activity(with(RISKY_USER, updated, "\"2025-11-14T03:11:52.7022Z\"")).getEventId())
        .isEqualTo("AAAAAAAA-4F89-41d3-9a0c-000000000001/2025-11-14T03:11:52.702200Z");
  }

  @Test
  void twoRecordsWithoutAnIdWithinAMillisecondAreTwoEvents() {
    String record =
        with(
            with(with(RISK, "properties.id", "null"), "properties.activityDateTime", "null"),
            "properties.detectedDateTime",
            "null");
    String whole = with(record, "time", "\"2025-11-14T02:40:00.269Z\"");
    byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
    String content = HexFormat.of().toHexDigits(JsonContentHash.ofRecord(bytes, 0, bytes.length));
    String first = activity(with(record, "time", "\"2025-11-14T02:40:00.2691Z\"")).getEventId();
    assertThat(activity(whole).getEventId())
        .as("id of before, in whole milliseconds")
        .isEqualTo(Fingerprint.of("1763088000269", content))
        .isNotEqualTo(first);
    assertThat(first)
        .isNotEqualTo(activity(with(record, "time", "\"2025-11-14T02:40:00.2692Z\"")).getEventId())
        .isEqualTo(
            activity(with(record, "time", "\"2025-11-14T03:40:00.26910+01:00\"")).getEventId());
  }

  @Test
  void whatBecameOfAUserAtRiskIsTheUsers_whateverItsOwnNumber() {
    String item =
        with(
            RISKY_USER.replace("\"id\":", "\"userId\":"),
            "properties.id",
            "\"aaaaaaaa-4f89-41d3-9a0c-000000000001638987123\"");
    assertThat(activity(item)).isEqualTo(activity(RISKY_USER));
  }

  @Test
  void aRiskIsAnEventOfItsOwn_withEachStateAndLevel() {
    assertThat(activity(with(RISK, "properties.riskState", "\" Dismissed \"")).getEventId())
        .isEqualTo("risk-1/dismissed/high");
    assertThat(activity(with(RISK, "properties.riskLevel", "null")).getEventId())
        .isEqualTo("risk-1/atrisk/");
    assertThat(activity(with(RISK, "properties.riskDetail", "\"other\"")).getEventId())
        .isEqualTo(activity(RISK).getEventId());
  }

  @Test
  void aRecordWithoutAnId_mayHaveANumberOfAnyConfiguredLength() {
    String record =
        "{\"time\":\"2026-11-30T10:00:00Z\",\"category\":\"UserRiskEvents\",\"properties\":{"
            + "\"userId\":\"u\",\"riskLevel\":\"high\",\"activityDateTime\":\"2026-11-30T10:00:00Z\",\"other\":1"
            + "0".repeat(5_000)
            + "}}";
    MessageReader reader =
        new MessageReader(new Limits(64, 10_000, 262_144, 256, 1_048_576, 50_000));
    assertThat(Records.activity(reader, record, null).getEventId()).isNotEmpty();
  }

  @Test
  void aRiskNeedsATime_andIsToldApartByItsContentWithoutAnId() {
    assertThat(activity(with(RISK, "properties.id", "[]")).getEventId()).hasSize(16);
    assertThat(rejection(with(RISK, "properties.activityDateTime", "[1]")).getReason())
        .isEqualTo("bad-time");
    assertThat(rejection(with(RISKY_USER, "time", "\"never\"")).getReason()).isEqualTo("bad-time");
  }

  @Test
  void aVaultCallNamesWhoDidWhat() {
    Activity call = activity(VAULT);
    assertThat(call.getKind()).isEqualTo(ActivityKind.VAULT_CALL);
    assertThat(call.getPrincipal().toString())
        .isEqualTo(
            "{\"id\": \"aaaaaaaa-4f89-41d3-9a0c-000000000001\", \"name\":"
                + " \"ada@contoso.example\", \"type\": \"user\"}");
    assertThat(call.getOperation()).isEqualTo("SecretGet");
    assertThat(call.getStatus()).isEqualTo(403);
    assertThat(call.getAddress()).isEqualTo("203.0.113.40");
    assertThat(call.getRequest().getPath()).isEqualTo("/secrets/db/");
    assertThat(call.getReason()).isEqualTo("No policy matched");
  }

  @Test
  void aVaultCallIsAnEventOfItsOwn_underACorrelationIdThatManyShare() {
    Activity call = activity(VAULT);
    Activity later = activity(with(VAULT, "time", "\"2025-11-14T02:40:00.2701226Z\""));
    assertThat(call.getEventId())
        .startsWith("corr-5/")
        .isNotEqualTo(later.getEventId())
        .isEqualTo(activity(VAULT).getEventId());
  }

  @Test
  void aVaultCallIsAnApplications_whereNoUserIsNamed() {
    String record = with(VAULT, "identity", "{\"claim\":{\"oid\":\"O\",\"appid\":\"A\"}}");
    assertThat(activity(record).getPrincipal().toString())
        .isEqualTo("{\"id\": \"o\", \"name\": null, \"type\": \"workload\"}");
    assertThat(activity(record).getToken().getAppOnly()).isTrue();
  }

  @Test
  void aCallOfAManagedHsm_isReadAsThatOfAVault() {
    String record =
        """
        {"TenantId":"TENANT-1","time":"2025-11-14T02:40:00.269Z",\
        "resourceId":"/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.KEYVAULT/MANAGEDHSMS/H",\
        "operationName":"KeyExport","operationVersion":"7.4","category":"AuditEvent",\
        "resultType":"Success","properties":{"PoolType":"M-HSM","sku_Family":"B"},"durationMs":48,\
        "callerIpAddress":"203.0.113.40","identity":"{\\"claim\\":{\\"appid\\":\\"APP-1\\",\
        \\"http_schemas_microsoft_com_identity\\":{\\"claims\\":{\\"objectidentifier\\":\
        \\"AAAAAAAA-4F89-41d3-9a0c-000000000001\\"}},\
        \\"http_schemas_xmlsoap_org_ws_2005_05_identity\\":{\\"claims\\":{\\"upn\\":\
        \\"ada@contoso.example\\"}}}}","clientInfo":"sdk/1","correlationId":"corr-6",\
        "httpStatusCode":202,"PoolName":"p","requestUri":"https://h.hsm.example/keys/k?v=1"}""";
    for (String order : new String[] {record, categoryFirst(record)}) {
      Activity call = activity(order);
      assertThat(call.getStatus()).isEqualTo(202);
      assertThat(call.getUserAgent()).isEqualTo("sdk/1");
      assertThat(call.getRequest().getHost()).isEqualTo("h.hsm.example");
      assertThat(call.getRequest().getPath()).isEqualTo("/keys/k");
      assertThat(call.getPrincipal().toString())
          .isEqualTo(
              "{\"id\": \"aaaaaaaa-4f89-41d3-9a0c-000000000001\", \"name\":"
                  + " \"ada@contoso.example\", \"type\": \"user\"}");
      assertThat(call.getEventId()).isEqualTo(activity(record).getEventId());
    }
  }

  private static String categoryFirst(String record) {
    String category = "\"category\":\"AuditEvent\",";
    return record.replace(category, "").replace("{\"TenantId\"", "{" + category + "\"TenantId\"");
  }

  @Test
  void anotherServicesAuditEventPassesBy() {
    String record =
        with(VAULT, "resourceId", "\"/SUBSCRIPTIONS/S/PROVIDERS/MICROSOFT.ATTESTATION/X\"");
    assertThat(words(Records.read(record))).containsExactly("ignored AuditEvent");
    assertThat(activity(with(VAULT, "resourceId", "null")).getKind())
        .isEqualTo(ActivityKind.VAULT_CALL);
  }
}
