package dev.lockstep.ingest.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.text.Timestamps;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables beside those of sign-ins, gateways and alerts; and all kinds of exports together. */
class OtherTablesTest {
  private static final String GRAPH_CALL =
      """
      {'time':'2025-11-14T02:00:00Z','category':'MicrosoftGraphActivityLogs','tenantId':'TENANT-1',\
      'resourceId':'/TENANTS/T','callerIpAddress':'81.2.69.142','correlationId':'r-1',\
      'properties':{'requestId':'r-1','operationId':'o-1','clientRequestId':'o-1',\
      'requestMethod':'GET','responseStatusCode':200,'signInActivityId':'4AQlP4lP00GaDAMF6CwzAQ',\
      'appId':'APP-1','userId':'AAAAAAAA-4F89-41d3-9a0c-000000000001','ipAddress':'81.2.69.142',\
      'userAgent':'curl','requestUri':'https://graph.example/v1.0/users?$top=1','C_Sid':'s-1',\
      'tokenIssuedAt':'2025-11-14T01:55:00Z'}}""";

  private static final String GRAPH_ROW =
      """
      {'TenantId':'workspace-1','TimeGenerated':'2025-11-14T02:00:00Z','Location':'West Europe',\
      'RequestId':'r-1','OperationId':'o-1','ClientRequestId':'o-1','RequestMethod':'GET',\
      'ResponseStatusCode':200,'SignInActivityId':'4AQlP4lP00GaDAMF6CwzAQ','AppId':'APP-1',\
      'UserId':'AAAAAAAA-4F89-41d3-9a0c-000000000001','IPAddress':'81.2.69.142',\
      'UserAgent':'curl','RequestUri':'https://graph.example/v1.0/users?$top=1','SessionId':'s-1',\
      'TokenIssuedAt':'2025-11-14T01:55:00Z','AadTenantId':'TENANT-1',\
      'Type':'MicrosoftGraphActivityLogs'}""";

  private static final String CHANGE_PROPERTIES =
      """
      'id':'Directory_1','activityDateTime':'2025-11-14T02:00:00Z',\
      'activityDisplayName':'Add member to role','category':'RoleManagement',\
      'correlationId':'c-1','loggedByService':'Core Directory','operationType':'Assign',\
      'result':'success','resultReason':'','initiatedBy':{'user':{'id':'ADA',\
      'userPrincipalName':'ada@contoso.example','ipAddress':'81.2.69.142'}},\
      'targetResources':[{'id':'T-1','type':'User','userPrincipalName':'bob@contoso.example',\
      'modifiedProperties':[{'displayName':'Role.DisplayName','newValue':'\\"Owner\\"'}]}],\
      'additionalDetails':[{'key':'User-Agent','value':'curl'}]""";

  private static final String CHANGE =
      """
      {'time':'2025-11-14T02:00:00Z','category':'AuditLogs','tenantId':'TENANT-1',\
      'resourceId':'/tenants/t/providers/Microsoft.aadiam','operationName':'Add member to role',\
      'correlationId':'c-1','properties':{%s}}"""
          .formatted(CHANGE_PROPERTIES);

  private static final String CHANGE_ROW =
      """
      {'TenantId':'workspace-1','TimeGenerated':'2025-11-14T02:00:00Z',\
      'ResourceId':'/tenants/t/providers/Microsoft.aadiam','OperationName':'Add member to role',\
      'Category':'RoleManagement','CorrelationId':'c-1','AADTenantId':'TENANT-1',\
      'AADOperationType':'Assign','ActivityDateTime':'2025-11-14T02:00:00Z',\
      'ActivityDisplayName':'Add member to role','Id':'Directory_1',\
      'LoggedByService':'Core Directory','Result':'success','ResultReason':'',\
      'InitiatedBy':{'user':{'id':'ADA','userPrincipalName':'ada@contoso.example',\
      'ipAddress':'81.2.69.142'}},'TargetResources':'[{\\"id\\":\\"T-1\\",\\"type\\":\\"User\\",\
      \\"userPrincipalName\\":\\"bob@contoso.example\\",\\"modifiedProperties\\":[{\
      \\"displayName\\":\\"Role.DisplayName\\",\\"newValue\\":\\"\\\\\\"Owner\\\\\\"\\"}]}]',\
      'AdditionalDetails':[{'key':'User-Agent','value':'curl'}],'Type':'AuditLogs'}""";

  private static final String RISK_PROPERTIES =
      """
      'id':'risk-1','requestId':'%s','correlationId':'c-1','riskEventType':'unfamiliarFeatures',\
      'riskState':'atRisk','riskLevel':'high','riskDetail':'none','source':'IdentityProtection',\
      'detectionTimingType':'realtime','activity':'signin','ipAddress':'81.2.69.142',\
      'location':{'city':'London','countryOrRegion':'GB'},\
      'activityDateTime':'2025-11-14T02:00:00Z','detectedDateTime':'2025-11-14T02:05:00Z',\
      'userId':'ADA','userPrincipalName':'ada@contoso.example'"""
          .formatted(Records.GUID);

  private static final String RISK =
      "{'time':'2025-11-14T02:06:00Z','category':'UserRiskEvents','properties':{%s}}"
          .formatted(RISK_PROPERTIES);

  private static final String RISK_ROW =
      """
      {'TimeGenerated':'2025-11-14T02:06:00Z','Id':'risk-1','RequestId':'%s',\
      'CorrelationId':'c-1','RiskEventType':'unfamiliarFeatures','RiskState':'atRisk',\
      'RiskLevel':'high','RiskDetail':'none','Source':'IdentityProtection',\
      'DetectionTimingType':'realtime','Activity':'signin','IpAddress':'81.2.69.142',\
      'Location':'{\\"city\\":\\"London\\",\\"countryOrRegion\\":\\"GB\\"}',\
      'ActivityDateTime':'2025-11-14T02:00:00Z','DetectedDateTime':'2025-11-14T02:05:00Z',\
      'UserId':'ADA','UserPrincipalName':'ada@contoso.example','Type':'AADUserRiskEvents'}"""
          .formatted(Records.GUID);

  @TempDir Path folder;

  @Test
  void readsACallOfGraph_asTheHubsRecord() {
    assertSame(GRAPH_ROW, GRAPH_CALL);
    assertSame(GRAPH_ROW.replace(",'Type':'MicrosoftGraphActivityLogs'", ""), GRAPH_CALL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'TimeGenerated':'2025-11-14T02:00:00Z','CorrelationId':'c','OperationId':'o','Category':'Administrative'}",
        "{'TimeGenerated':'2025-11-14T02:00:00Z','CorrelationId':'c','OperationId':'o','Category':'GatewayLlmLogs'}",
        "{'TimeGenerated':'2025-11-14T02:00:00Z','CorrelationId':'c','OperationId':'o','ApiId':'a','Category':'GatewayLlmLogs'}"
      })
  void takesNoRowForACall_thatSaysItIsOfAnotherLog(String row) {
    assertThat(Records.read(row.replace('\'', '"'))).noneMatch(Outcome.Mapped.class::isInstance);
  }

  @Test
  void readsAChange_asTheHubsRecord() {
    assertSame(CHANGE_ROW, CHANGE);
    assertSame(CHANGE_ROW.replace(",'Type':'AuditLogs'", ""), CHANGE);
    Activity hub = activity(CHANGE);
    hub.setResource(null);
    String page = quoted("{'value':[{" + CHANGE_PROPERTIES + "}]}");
    assertThat(ExportRows.placedAs(ExportRows.activity(page), hub)).isEqualTo(hub);
  }

  @Test
  void readsARisk_asTheHubsRecord() {
    assertSame(RISK_ROW, RISK);
    assertSame(RISK_ROW.replace(",'Type':'AADUserRiskEvents'", ""), RISK);
    Activity hub = activity(RISK);
    hub.setArrivalAt(hub.getEventAt());
    String page = quoted("{'value':[{" + RISK_PROPERTIES + "}]}");
    assertThat(ExportRows.placedAs(ExportRows.activity(page), hub)).isEqualTo(hub);
  }

  @Test
  void readsAUserAtRisk_asTheHubsRecord() {
    String properties =
        "'id':'ADA','riskLevel':'high','riskState':'atRisk','riskDetail':'none',"
            + "'riskLastUpdatedDateTime':'2025-11-14T02:00:00Z','userDisplayName':'Ada'";
    String hub =
        "{'time':'2025-11-14T02:06:00Z','category':'RiskyUsers','correlationId':'ADA','properties':{"
            + properties
            + "}}";
    String row = "{'TimeGenerated':'2025-11-14T02:06:00Z','CorrelationId':'ADA'," + properties;
    assertSame(row + "}", hub);
  }

  @Test
  void readsARisk_thatIsOfNoSignIn() {
    String risk =
        "{'id':'risk-1','riskEventType':'leakedCredentials','riskLevel':'high','userId':'ADA',"
            + "'detectedDateTime':'2025-11-14T02:00:00Z'}";
    Activity read = ExportRows.activity(quoted(risk));
    assertThat(read.getCategory()).isEqualTo("UserRiskEvents");
    assertThat(read.getPrincipal().getId()).isEqualTo("ada");
    assertThat(read.getEventAt()).isEqualTo(Timestamps.parse("2025-11-14T02:00:00Z"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ServicePrincipalRiskEvents | 'id':'risk-1','appId':'APP-1','servicePrincipalId':'SP-1','servicePrincipalDisplayName':'Sync','ipAddress':null,'location':null,'riskEventType':'suspiciousSignins','activityDateTime':'2025-11-14T02:00:00Z'",
        "RiskyServicePrincipals | 'id':'SP-1','appId':'APP-1','displayName':'Sync','servicePrincipalType':'Application','riskLastUpdatedDateTime':'2025-11-14T02:00:00Z'",
        "AgentRiskEvents | 'id':'risk-1','agentId':'AG-1','agentDisplayName':'Helper','identityType':'agentIdentity','riskEventType':'unfamiliarResourceAccess','activityDateTime':'2025-11-14T02:00:00Z'",
        "AgentRiskEvents | 'id':'risk-1','identityId':'AG-1','displayName':'Helper','identityType':'agentIdentity','signInRequestId':'3f2504e0-4f89-41d3-9a0c-0305e82c3301','signInCorrelationId':'c-1','riskEventType':'unfamiliarResourceAccess','activityDateTime':'2025-11-14T02:00:00Z'",
        "RiskyAgents | 'id':'AG-1','agentDisplayName':'Helper','identityType':'agentUser','riskLastModifiedDateTime':'2025-11-14T02:00:00Z'"
      })
  void readsARiskOfAWorkloadOrAgent_asTheHubsRecord(String category, String properties) {
    String risk = properties + ",'riskLevel':'high','riskState':'atRisk','riskDetail':'none'";
    String hub =
        "{'time':'2025-11-14T02:06:00Z','category':'%s','properties':{%s}}"
            .formatted(category, risk);
    assertSame("{'TimeGenerated':'2025-11-14T02:06:00Z'," + risk + "}", hub);
    Activity expected = activity(hub);
    expected.setArrivalAt(expected.getEventAt());
    String page = quoted("{'value':[{" + risk + "}]}");
    assertThat(ExportRows.placedAs(ExportRows.activity(page), expected)).isEqualTo(expected);
  }

  @Test
  void ignoresARisk_thatNamesNobody() {
    String event =
        "{'id':'risk-1','riskEventType':'suspiciousSignins','activityDateTime':'2025-11-14T02:00:00Z'}";
    String state =
        "{'id':'1','riskState':'atRisk','riskLastUpdatedDateTime':'2025-11-14T02:00:00Z'}";
    for (String record : List.of(state, event)) {
      assertThat(Records.words(Records.read(quoted(record)))).containsExactly("ignored ");
    }
  }

  @Test
  void readsTheTable_inWhichOlderSettingsKeepTheirLogs() {
    String call =
        "{'TenantId':'w','TimeGenerated':'2025-11-14T02:00:00.5Z','Category':'GatewayLogs',"
            + "'ResourceId':'/subscriptions/s','OperationName':'x','CallerIPAddress':'203.0.113.9',"
            + "'CorrelationId':'call-1','isRequestSuccess_b':true,'method_s':'GET',"
            + "'responseCode_d':200.0,'apiId_s':'orders','operationId_s':'list',"
            + "'productId_s':'gold','apimSubscriptionId_s':'Fabrikam','Type':'AzureDiagnostics'}";
    assertSame(call, Records.CALL);
    String edge =
        "{'time':'2025-11-14T02:00:00Z','category':'FrontDoorAccessLog','properties':{"
            + "'trackingReference':'ref-1','httpMethod':'GET','clientIp':'81.2.69.142',"
            + "'socketIp':'198.51.100.7','requestUri':'https://a.example:443/x',"
            + "'httpStatusCode':'200'}}";
    String row =
        "{'TimeGenerated':'2025-11-14T02:00:00Z','Category':'FrontDoorAccessLog',"
            + "'trackingReference_s':'ref-1','httpMethod_s':'GET','clientIp_s':'81.2.69.142',"
            + "'socketIp_s':'198.51.100.7','requestUri_s':'https://a.example:443/x',"
            + "'httpStatusCode_s':'200','Type':'AzureDiagnostics'}";
    assertSame(row, edge);
    String other = row.replace("FrontDoorAccessLog", "FrontDoorHealthProbeLog");
    assertThat(Records.words(Records.read(quoted(other))))
        .containsExactly("ignored AzureDiagnostics");
  }

  @Test
  void readsAFolder_inWhichEveryKindOfExportLies() throws IOException {
    Files.writeString(folder.resolve("hub.json"), "{\"records\":[" + Records.CALL + "]}");
    Files.writeString(
        folder.resolve("graph.json"), "{\"value\":[" + ExportRows.GRAPH_SIGN_IN + "]}");
    Files.writeString(folder.resolve("rows.json"), "[" + ExportRows.SIGN_IN_ROW + "]");
    Files.writeString(
        folder.resolve("tables.json"),
        "{\"tables\":[{\"columns\":[{\"name\":\"TimeGenerated\"},{\"name\":\"CorrelationId\"},"
            + "{\"name\":\"ApiId\"}],\"rows\":[[\"2025-11-14T02:00:00Z\",\"call-2\",\"a\"]]}]}");
    Files.writeString(
        folder.resolve("calls.csv"),
        "TimeGenerated,CorrelationId,ApiId\n2025-11-14T02:00:00Z,call-3,a\n");
    Files.writeString(
        folder.resolve("portal.csv"),
        "Date (UTC),Request ID,IP address\n2025-11-14T02:00:00Z,portal-1,81.2.69.142\n");
    Files.writeString(folder.resolve("networks.csv"), "cidr,class\n10.0.0.0/8,corporate\n");
    List<Outcome> outcomes =
        ExportRows.outcomes(
            new CaptureFiles(Limits.defaults()),
            List.of(folder.toString()),
            InputStream.nullInputStream(),
            Limits.defaults());
    assertThat(outcomes)
        .extracting(
            outcome ->
                outcome instanceof Outcome.Mapped mapped ? mapped.activity().getEventId() : "none")
        .containsExactly("call-3", Records.GUID, "call-1", "portal-1", Records.GUID, "call-2");
  }

  private static void assertSame(String row, String record) {
    Activity hub = activity(record);
    Activity read = ExportRows.activity(quoted(row));
    assertThat(ExportRows.placedAs(read, hub)).isEqualTo(hub);
  }

  private static Activity activity(String record) {
    return Records.activity(quoted(record));
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }
}
