package dev.lockstep.ingest.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.message.Records;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.text.Timestamps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The activity log as a workspace and as the REST API have it, beside what a hub brings. */
class ActivityLogTest {
  private static final String AUTHORIZATION =
      """
      {'scope':'/subscriptions/sub-1','action':'Microsoft.Authorization/roleAssignments/write',\
      'evidence':{'role':'Owner','principalId':'aaaaaaaa4f8941d39a0c000000000001',\
      'principalType':'User'}}""";

  private static final String CLAIMS =
      """
      {'aud':'https://management.azure.example/','iat':'1763085600','exp':'1763089200',\
      'appid':'APP-1','uti':'4AQlP4lP00GaDAMF6CwzAQ','name':'Ada Example',\
      'http://schemas.microsoft.com/identity/claims/objectidentifier':\
      'AAAAAAAA-4F89-41d3-9a0c-000000000001',\
      'http://schemas.microsoft.com/identity/claims/tenantid':'TENANT-1',\
      'http://schemas.microsoft.com/identity/claims/scope':'user_impersonation',\
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn':'ada@contoso.example'}""";

  private static final String HUB =
      """
      {'RoleLocation':'West Europe','time':'2025-11-14T02:30:00.3554259Z',\
      'resourceId':'/SUBSCRIPTIONS/SUB-1/PROVIDERS/MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/R',\
      'operationName':'MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE',\
      'category':'Administrative','resultType':'Success','resultSignature':'Succeeded.Created',\
      'durationMs':'0','callerIpAddress':'203.0.113.40','correlationId':'corr-3','identity':{\
      'authorization':%s,'claims':%s},'level':'Information',\
      'properties':{'eventCategory':'Administrative','hierarchy':'t/sub-1'}}"""
          .formatted(AUTHORIZATION, CLAIMS);

  private static final String ROW =
      """
      {'TenantId':'workspace-1','SourceSystem':'Azure','CallerIpAddress':'203.0.113.40',\
      'CategoryValue':'Administrative','CorrelationId':'corr-3','Authorization':%s,\
      'Authorization_d':%s,'Claims':%s,'Claims_d':%s,'Level':'Information',\
      'OperationName':'Create role assignment',\
      'OperationNameValue':'MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE',\
      'Properties':%s,'Properties_d':%s,'Caller':'ada@contoso.example',\
      'EventDataId':'event-9','EventSubmissionTimestamp':'2025-11-14T02:31:10Z',\
      'HTTPRequest':%s,'OperationId':'corr-3','ResourceGroup':'','Resource':'r',\
      'ResourceProviderValue':'MICROSOFT.AUTHORIZATION','ActivityStatusValue':'Success',\
      'ActivitySubstatusValue':'Created','SubscriptionId':'sub-1',\
      'ResourceId':'/SUBSCRIPTIONS/SUB-1/PROVIDERS/MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/R',\
      'TimeGenerated':'2025-11-14T02:30:00.3554259Z','Type':'AzureActivity',\
      '_ResourceId':'/subscriptions/sub-1/providers/microsoft.authorization/roleassignments/r'}"""
          .formatted(
              text(AUTHORIZATION),
              AUTHORIZATION,
              text(CLAIMS),
              CLAIMS,
              text("{'eventCategory':'Administrative','eventDataId':'event-9','entity':'r'}"),
              "{'eventCategory':'Administrative','eventDataId':'event-9'}",
              text("{'clientRequestId':'c','clientIpAddress':'203.0.113.40','method':'PUT'}"));

  private static final String EVENT =
      """
      {'authorization':%s,'caller':'ada@contoso.example','channels':'Operation','claims':%s,\
      'correlationId':'corr-3','description':'','eventDataId':'event-9',\
      'eventName':{'value':'EndRequest','localizedValue':'End request'},\
      'category':{'value':'Administrative','localizedValue':'Administrative'},\
      'eventTimestamp':'2025-11-14T02:30:00.3554259Z',\
      'httpRequest':{'clientRequestId':'c','clientIpAddress':'203.0.113.40','method':'PUT'},\
      'id':'/subscriptions/sub-1/events/event-9/ticks/638986842003554259',\
      'level':'Informational','operationId':'corr-3','operationName':{\
      'value':'Microsoft.Authorization/roleAssignments/write',\
      'localizedValue':'Create role assignment'},'resourceProviderName':{\
      'value':'Microsoft.Authorization','localizedValue':'Microsoft.Authorization'},\
      'resourceId':'/subscriptions/sub-1/providers/Microsoft.Authorization/roleAssignments/R',\
      'status':{'value':'Succeeded','localizedValue':'Succeeded'},\
      'subStatus':{'value':'Created','localizedValue':'Created (HTTP Status Code: 201)'},\
      'submissionTimestamp':'2025-11-14T02:31:10Z','subscriptionId':'sub-1',\
      'tenantId':'TENANT-1','properties':{'statusCode':'Created','eventCategory':\
      'Administrative'},'relatedEvents':[]}"""
          .formatted(AUTHORIZATION, CLAIMS);

  @Test
  void readsARow_asTheHubsRecord() {
    Activity hub = activity(HUB);
    assertThat(hub.getEventId()).startsWith("corr-3/");
    String untyped = ROW.replace("'Type':'AzureActivity',", "");
    for (String file : new String[] {ROW, untyped, "[" + ROW + "]", "{'records':[" + ROW + "]}"}) {
      assertThat(ExportRows.placedAs(activity(file), hub)).as(file).isEqualTo(hub);
    }
  }

  @Test
  void readsAnEventOfTheRestApi_asTheHubsRecord() {
    Activity hub = activity(HUB);
    String page = "{'value':[" + EVENT + "],'nextLink':'https://management.azure.example/next'}";
    for (String file : new String[] {page, EVENT, "[" + EVENT + "]"}) {
      Activity read = activity(file);
      assertThat(read.getOperation()).isEqualTo("Microsoft.Authorization/roleAssignments/write");
      assertThat(read.getChange().getResult()).isEqualTo("Succeeded");
      read.setOperation(hub.getOperation());
      read.setResource(hub.getResource());
      read.getChange().setResult(hub.getChange().getResult());
      assertThat(ExportRows.placedAs(read, hub)).as(file).isEqualTo(hub);
    }
  }

  @Test
  void readsACsvFile_andAnAnswerOfTheQueryApi() {
    String id = activity(HUB).getEventId();
    String csv =
        "TimeGenerated [UTC],OperationNameValue,CategoryValue,ActivityStatusValue,CorrelationId,Claims,_ResourceId\n"
            + "\"11/14/2025, 2:30:00.355 AM\",MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE,Administrative,Success,corr-3,"
            + "\"{\"\"oid\"\":\"\"ADA\"\",\"\"scp\"\":\"\"user_impersonation\"\"}\","
            + "/subscriptions/sub-1/providers/microsoft.authorization/roleassignments/r\n";
    Activity read = ExportRows.activity(csv);
    assertThat(read.getEventId()).isEqualTo(id);
    assertThat(read.getPrincipal().getId()).isEqualTo("ada");
    assertThat(read.getChange().getByUser()).isTrue();
    String answer =
        "{'tables':[{'name':'PrimaryResult','columns':[{'name':'TimeGenerated'},{'name':'OperationNameValue'},"
            + "{'name':'ActivityStatusValue'},{'name':'CorrelationId'},{'name':'_ResourceId'},{'name':'Type'}],'rows':["
            + "['2025-11-14T02:30:00.3554259Z','MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE',"
            + "'Success','corr-3','/subscriptions/sub-1/providers/microsoft.authorization/roleassignments/r','AzureActivity']]}]}";
    assertThat(activity(answer).getEventId()).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource({"Start, Started", "Accept, Accepted", "Failure, Failed", "Active, Active"})
  void isOneEvent_howeverAFormWritesItsStatus(String ofHub, String ofApi) {
    String id = activity(HUB.replace("'Success'", "'" + ofHub + "'")).getEventId();
    assertThat(activity(EVENT.replace("Succeeded", ofApi)).getEventId()).isEqualTo(id);
    assertThat(id).isNotEqualTo(activity(HUB).getEventId());
  }

  @Test
  void isAnEventOfItsOwn_atAnotherTimeOrOfAnotherOperationOrResource() {
    String id = activity(EVENT).getEventId();
    for (String other :
        new String[] {
          EVENT.replace("00.355", "00.356"),
          EVENT.replace("roleAssignments/write'", "roleAssignments/delete'"),
          EVENT.replace("roleAssignments/R", "roleAssignments/S"),
          EVENT.replace("corr-3", "corr-4")
        }) {
      assertThat(activity(other).getEventId()).isNotEqualTo(id);
    }
    String uncorrelated = "'correlationId':'corr-3',";
    assertThat(activity(EVENT.replace(uncorrelated, "")).getEventId()).isEqualTo("event-9");
  }

  @Test
  void readsAnActivation_thatPrivilegedIdentityManagementLogged() {
    String properties =
        "{'EventName':'ActivateRole','EventID':'pim-1','SubjectID':'ADA','SubjectType':'User',"
            + "'RoleDefinition':'Owner','StartTime':'2025-11-14T02:30:00Z'}";
    String row =
        "{'TimeGenerated':'2025-11-14T02:30:00Z','CategoryValue':'Administrative','CorrelationId':'c',"
            + "'OperationNameValue':'Add member to role completed (PIM activation)',"
            + "'ResourceProviderValue':'AZURERBAC','ActivityStatusValue':'Succeeded','Properties':%s}"
                .formatted(text(properties));
    String event =
        "{'eventTimestamp':'2025-11-14T02:30:00Z','eventDataId':'e','correlationId':'c',"
            + "'operationName':{'value':'Add member to role completed (PIM activation)'},"
            + "'resourceProviderName':{'value':'azurerbac'},'status':{'value':'Succeeded'},'properties':%s}"
                .formatted(properties);
    for (String form : new String[] {row, event}) {
      Activity read = activity(form);
      assertThat(read.getEventId()).isEqualTo("pim-1");
      assertThat(read.getChange().getService()).isEqualToIgnoringCase("azurerbac");
      assertThat(read.getChange().getCategory()).isEqualTo("ActivateRole");
      assertThat(read.getChange().getActivation()).isEqualTo("completed");
      assertThat(read.getChange().getTargets())
          .singleElement()
          .satisfies(target -> assertThat(target.getId()).isEqualTo("ada"));
      assertThat(read.getChange().getStartsAt())
          .isEqualTo(Timestamps.parse("2025-11-14T02:30:00Z"));
    }
  }

  @Test
  void readsARow_thatHasTextsForPeopleOnly() {
    String row =
        "{'TimeGenerated':'2020-05-25T15:43:16.52Z','Category':'Administrative','CorrelationId':'c',"
            + "'OperationName':'Microsoft.Compute/virtualMachines/start/action',"
            + "'ActivityStatus':'Succeeded','Type':'AzureActivity'}";
    Activity read = activity(row);
    assertThat(read.getOperation()).isEqualTo("Microsoft.Compute/virtualMachines/start/action");
    assertThat(read.getChange().getResult()).isEqualTo("Succeeded");
  }

  @Test
  void readsARow_whosePropertiesAreATextThatWasCut() {
    String row = ROW.replace("\\'entity\\':\\'r\\'}", "\\'ent");
    assertThat(row).isNotEqualTo(ROW);
    assertThat(activity(row).getEventId()).isEqualTo(activity(HUB).getEventId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Policy", "Security", "ServiceHealth"})
  void ignoresAnEvent_ofAnotherCategory_byItsName(String category) {
    String row = ROW.replace("'CategoryValue':'Administrative'", "'CategoryValue':'%s'");
    String event = EVENT.replace("{'value':'Administrative'", "{'value':'%s'");
    for (String form : new String[] {row, event}) {
      assertThat(Records.words(Records.read(quoted(form.replace("%s", category)))))
          .containsExactly("ignored " + category);
    }
  }

  private static Activity activity(String file) {
    return ExportRows.activity(quoted(file));
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }

  /** The JSON as a text within JSON. */
  private static String text(String json) {
    return "'" + json.replace("'", "\\'") + "'";
  }
}
