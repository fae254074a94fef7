package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.message.Records.activity;
import static dev.lockstep.ingest.record.Probe.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.message.Records;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.text.AvroJson;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Categories that no rule reads. */
class ContextTest {
  @Test
  void noTextOfAMessageReachesAnActivity() {
    for (String record :
        List.of(ContextRecords.LLM, ContextRecords.MCP, ContextRecords.CLOUD_APP)) {
      assertThat(record).contains("CANARY");
      assertThat(AvroJson.of(activity(record))).doesNotContain("CANARY");
    }
    for (String key : List.of("requestMessages", "responseMessages", "prompt", "Completion")) {
      for (String value : List.of("\"CANARY\"", "{\"a\":\"CANARY\"}", "[[\"CANARY\"]]")) {
        String record = with(ContextRecords.LLM, "properties." + key, value);
        assertThat(AvroJson.of(activity(record))).doesNotContain("CANARY");
      }
    }
  }

  @Test
  void isNoCall_whateverItsCategory() {
    for (String record :
        List.of(
            ContextRecords.AZURE_AD_GRAPH,
            ContextRecords.LLM,
            ContextRecords.MCP,
            ContextRecords.NETWORK_ACCESS,
            ContextRecords.PRE_AUTHENTICATION,
            ContextRecords.CLOUD_APP)) {
      assertThat(activity(record).getKind()).isEqualTo(ActivityKind.OTHER);
    }
  }

  @Test
  void readsACallOfAzureAdGraph_byTheNamesThatTheHubWrites() {
    Activity call = activity(ContextRecords.AZURE_AD_GRAPH);

    assertThat(Instant.ofEpochMilli(call.getEventAt())).isEqualTo("2025-11-14T02:10:00.123Z");
    assertThat(call.getArrivalAt()).isEqualTo(call.getEventAt());
    assertThat(call.getAddress()).isEqualTo("198.51.100.20");
    assertThat(call.getStatus()).isEqualTo(204);
    assertThat(call.getRequest().getMethod()).isEqualTo("PATCH");
    assertThat(call.getRequest().getPath()).isEqualTo("/v2/tenant-1/applications/a-1");
    assertThat(call.getToken().getUti()).isEqualTo("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
    assertThat(call.getToken().getIssuedAt())
        .isEqualTo(Instant.parse("2025-11-14T02:00:39Z").toEpochMilli());
  }

  @Test
  void readsACallOfAzureAdGraph_fromARowOfItsTable() {
    Activity row =
        activity(
            "{\"TimeGenerated\":\"2025-11-14T02:10:00.1234567Z\",\"RequestId\":\"request-1\","
                + "\"CallerIpAddress\":\"198.51.100.20\",\"RequestMethod\":\"PATCH\","
                + "\"ResponseStatusCode\":204,\"TokenIssuedAt\":\"2025-11-14T02:00:39Z\","
                + "\"RequestUri\":\"/v2/tenant-1/applications/a-1\",\"ClientAuthMethod\":\"0\","
                + "\"AADTenantId\":\"TENANT-1\",\"TenantId\":\"workspace\",\"AppId\":\"APP-1\","
                + "\"SessionId\":\"s-1\",\"SignInActivityId\":\"4AQlP4lP00GaDAMF6CwzAQ==\","
                + "\"UserAgent\":\"directory-client/1\",\"Type\":\"AADGraphActivityLogs\","
                + "\"UserId\":\"AAAAAAAA-4F89-41d3-9a0c-000000000001\"}");

    assertThat(row).isEqualTo(activity(ContextRecords.AZURE_AD_GRAPH));
  }

  @Test
  void eachPartOfALargeMessageIsAnEvent() {
    String second = with(ContextRecords.LLM, "properties.sequenceNumber", "1");
    assertThat(activity(second).getEventId())
        .startsWith("call-1/")
        .isNotEqualTo(activity(ContextRecords.LLM).getEventId());
    String otherwise = with(ContextRecords.LLM, "properties.requestMessages", "\"x\"");
    assertThat(activity(otherwise).getEventId())
        .isEqualTo(activity(ContextRecords.LLM).getEventId());
  }

  @Test
  void twoCallsOfAToolWithinAMillisecond_areTwoEvents() {
    assertThat(toolCallAt("2025-11-14T02:00:00.5000001Z"))
        .isNotEqualTo(toolCallAt("2025-11-14T02:00:00.5000002Z"))
        .isNotEqualTo(toolCallAt("2025-11-14T02:00:00.5Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2025-11-14T02:00:00.500000100Z",
        "2025-11-14T04:00:00.5000001+02:00",
        "11/14/2025 2:00:00.5000001 AM"
      })
  void aCallOfAToolIsOneEvent_howeverItsTimeIsWritten(String time) {
    assertThat(toolCallAt(time)).isEqualTo(toolCallAt("2025-11-14T02:00:00.5000001Z"));
  }

  private static String toolCallAt(String time) {
    return activity(with(ContextRecords.MCP, "time", '"' + time + '"')).getEventId();
  }

  @Test
  void leavesOutWhatHoldsSecrets() {
    for (String record : List.of(ContextRecords.MCP, ContextRecords.NETWORK_ACCESS)) {
      assertThat(AvroJson.of(activity(record))).doesNotContain("secret");
    }
  }

  @Test
  void readsTheCategoryWithoutTheNameOfTheStream() {
    String record = ContextRecords.CLOUD_APP.replace("AdvancedHunting-CloudApp", "CloudApp");
    assertThat(activity(record)).isEqualTo(activity(ContextRecords.CLOUD_APP));
    String text =
        with(
            ContextRecords.CLOUD_APP,
            "properties.RawEventData",
            "\"{\\\"AppAccessContext\\\":{\\\"AADSessionId\\\":\\\"s-2\\\"}}\"");
    assertThat(activity(text).getToken().getSid()).isEqualTo("s-2");
  }

  @Test
  void takesTheAccountOfAnApplication_ifItIsAGuid() {
    String application =
        ContextRecords.CLOUD_APP
            .replace("\"AccountObjectId\":\"AAAAAAAA-4F89-41d3-9a0c-000000000001\",", "")
            .replace("\"AccountType\":\"Regular\"", "\"AccountType\":\"Application\"");
    assertThat(activity(application).getPrincipal()).isNull();
    Activity read =
        activity(
            application.replace(
                "\"AccountId\":\"x\"", "\"AccountId\":\"BBBBBBBB-4F89-41d3-9a0c-000000000002\""));
    assertThat(read.getPrincipal().getId()).isEqualTo("bbbbbbbb-4f89-41d3-9a0c-000000000002");
    assertThat(read.getPrincipal().getType()).isEqualTo("workload");
  }

  @ParameterizedTest
  @CsvSource({"Application,workload", "System,workload", "Regular,user", "Admin,user"})
  void tellsAnApplicationFromAUser(String accountType, String type) {
    String record =
        with(ContextRecords.CLOUD_APP, "properties.AccountType", '"' + accountType + '"');
    assertThat(activity(record).getPrincipal().getType()).isEqualTo(type);
  }

  @Test
  void readsRowsOfTheirTables() {
    Activity row =
        activity(
            "{\"TimeGenerated\":\"11/14/2025 2:00:00.500 AM\",\"CorrelationId\":\"call-1\","
                + "\"Method\":\"tools/call\",\"ToolName\":\"find-order\",\"SessionId\":\"chat-1\","
                + "\"_ResourceId\":\"/subscriptions/s\",\"Type\":\"ApiManagementGatewayMCPLog\"}");
    assertThat(row.getCategory()).isEqualTo("GatewayMCPLogs");
    assertThat(row.getApi().getOperation()).isEqualTo("find-order");
    assertThat(row.getResource()).isEqualTo("/subscriptions/s");
    assertThat(row.getEventId()).isEqualTo(activity(ContextRecords.MCP).getEventId());
    Activity risk =
        activity(
            "{\"TimeGenerated\":\"2025-11-14T02:00:00.5Z\",\"Id\":\"r\",\"AgentId\":\"A-1\","
                + "\"RiskState\":\"atRisk\",\"RiskLevel\":\"low\",\"Type\":\"AADAgentRiskEvents\"}");
    assertThat(risk.getEventId()).isEqualTo("r/atrisk/low");
    assertThat(risk.getPrincipal().getId()).isEqualTo("a-1");
  }

  @Test
  void anyShapeOfAnyValueIsRead() {
    List<String> odd = List.of("null", "7", "\"\"", "\"x\"", "{}", "[]", "[1,{\"a\":[]}]", "true");
    for (String record :
        List.of(
            ContextRecords.WORKLOAD_RISK,
            ContextRecords.RISKY_WORKLOAD,
            ContextRecords.AGENT_RISK,
            ContextRecords.RISKY_AGENT,
            ContextRecords.MCP,
            ContextRecords.LLM,
            ContextRecords.PRE_AUTHENTICATION,
            ContextRecords.CLOUD_APP,
            ContextRecords.NETWORK_ACCESS)) {
      Probe.eachWith(record, odd, one -> assertThat(Records.read(one)).hasSize(1));
    }
  }
}
