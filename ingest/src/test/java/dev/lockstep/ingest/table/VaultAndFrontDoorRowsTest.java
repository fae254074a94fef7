package dev.lockstep.ingest.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.message.Records;
import dev.lockstep.schemas.Activity;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of key vaults and requests at Front Door as a workspace has them, beside a hub's. */
class VaultAndFrontDoorRowsTest {
  private static final String OID = "aaaaaaaa-4f89-41d3-9a0c-000000000001";
  private static final String APP = "bbbbbbbb-4f89-41d3-9a0c-000000000002";
  private static final String RESOURCE =
      "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/V";

  private static final String CLAIM =
      """
      {'claim':{'oid':'%s','appid':'%s','appidacr':'2','scp':'user_impersonation',\
      'upn':'ada@contoso.example','unique_name':'ada'}}"""
          .formatted(OID, APP);

  private static final String VAULT =
      """
      {'time':'2025-11-14T02:40:00.2691226Z','resourceId':'%s','operationName':'SecretGet',\
      'operationVersion':'7.4','category':'AuditEvent','resultType':'Success',\
      'resultSignature':'Forbidden','resultDescription':'No policy matched','durationMs':'78',\
      'callerIpAddress':'203.0.113.40','correlationId':'corr-5','identity':%s,\
      'properties':{'id':'https://v.vault.example/secrets/db','clientInfo':'sdk/1',\
      'requestUri':'https://v.vault.example/secrets/db/?api-version=7.4','httpStatusCode':403,\
      'isAccessPolicyMatch':false,'tlsVersion':'TLS1_3'}}"""
          .formatted(RESOURCE, CLAIM);

  private static final String VAULT_ROW =
      """
      {'TenantId':'workspace-1','SourceSystem':'Azure','TimeGenerated':'2025-11-14T02:40:00.2691226Z',\
      'CallerIpAddress':'203.0.113.40','ClientInfo':'sdk/1','CorrelationId':'corr-5',\
      'DurationMs':78,'HttpStatusCode':403,'Id':'https://v.vault.example/secrets/db',\
      'Identity':%s,'IsAccessPolicyMatch':false,'OperationName':'SecretGet',\
      'OperationVersion':'7.4','Properties':null,'RequestUri':\
      'https://v.vault.example/secrets/db/?api-version=7.4','ResultDescription':'No policy matched',\
      'ResultSignature':'Forbidden','ResultType':'Success','Type':'AZKVAuditLogs',\
      '_ResourceId':'%s'}"""
          .formatted(CLAIM, RESOURCE.toLowerCase(Locale.ROOT));

  private static final String VAULT_DIAGNOSTICS =
      """
      {'TenantId':'workspace-1','TimeGenerated':'2025-11-14T02:40:00.2691226Z',\
      'ResourceId':'%s','Category':'AuditEvent','ResourceGroup':'G','SubscriptionId':'s',\
      'ResourceProvider':'MICROSOFT.KEYVAULT','Resource':'V','ResourceType':'VAULTS',\
      'OperationName':'SecretGet','ResultType':'Success','CorrelationId':'corr-5',\
      'ResultDescription':'No policy matched','DurationMs':78,'CallerIPAddress':'203.0.113.40',\
      'OperationVersion':'7.4','ResultSignature':'Forbidden','identity_claim_appidacr_s':'2',\
      'identity_claim_oid_g':'%s','identity_claim_appid_g':'%s',\
      'identity_claim_scp_s':'user_impersonation','identity_claim_upn_s':'ada@contoso.example',\
      'identity_claim_unique_name_s':'ada','id_s':'https://v.vault.example/secrets/db',\
      'clientInfo_s':'sdk/1','requestUri_s':'https://v.vault.example/secrets/db/?api-version=7.4',\
      'httpStatusCode_d':403.0,'httpStatusCode_s':'','isAccessPolicyMatch_b':false,\
      'trackingReference_s':'','AdditionalFields':null,'Type':'AzureDiagnostics','_ResourceId':\
      '/subscriptions/s/resourcegroups/g/providers/microsoft.keyvault/vaults/v'}"""
          .formatted(RESOURCE, OID, APP);

  private static final String FIREWALL =
      """
      {'time':'2025-11-14T02:00:00.1Z','resourceId':'/SUBSCRIPTIONS/S/FRONTDOORS/F',\
      'category':'FrontDoorWebApplicationFirewallLog','operationName':\
      'Microsoft.Cdn/Profiles/WebApplicationFirewallLog/Write','properties':{\
      'clientIP':'198.51.100.7','clientPort':'52097','socketIP':'203.0.113.9',\
      'requestUri':'https://api.contoso.example:443/orders/7?q=1','ruleName':'SQLI-942330',\
      'policy':'waf1','action':'Block','host':'api.contoso.example','trackingReference':'ref-1',\
      'policyMode':'prevention','details':{'matches':[{'matchVariableName':'CookieValue:w',\
      'matchVariableValue':'a, b'},{'matchVariableName':'QueryParamValue:q',\
      'matchVariableValue':'1'}],'msg':'SQL','data':'Matched'}}}""";

  private static final String MATCHES =
      "[{\\'matchVariableName\\':\\'CookieValue:w\\',\\'matchVariableValue\\':\\'a, b\\'},"
          + "{\\'matchVariableName\\':\\'QueryParamValue:q\\',\\'matchVariableValue\\':\\'1\\'}]";

  private static final String FIREWALL_ROW =
      """
      {'TenantId':'workspace-1','TimeGenerated':'2025-11-14T02:00:00.1Z',\
      'ResourceId':'/SUBSCRIPTIONS/S/FRONTDOORS/F','Category':'FrontDoorWebApplicationFirewallLog',\
      'ResourceProvider':'MICROSOFT.CDN','ResourceType':'PROFILES','OperationName':\
      'Microsoft.Cdn/Profiles/WebApplicationFirewallLog/Write','details_data_s':'Matched',\
      'details_msg_s':'SQL','details_matches_s':'%s','clientIP_s':'198.51.100.7',\
      'clientPort_s':'52097','socketIP_s':'203.0.113.9',\
      'requestUri_s':'https://api.contoso.example:443/orders/7?q=1','ruleName_s':'SQLI-942330',\
      'policy_s':'waf1','action_s':'Block','host_s':'api.contoso.example',\
      'trackingReference_s':'ref-1','policyMode_s':'prevention','Type':'AzureDiagnostics'}"""
          .formatted(MATCHES);

  @Test
  void readsACallOfAVault_asTheHubsRecord() {
    Activity hub = activity(VAULT);
    String text = VAULT_ROW.replace(CLAIM, "'" + CLAIM.replace("'", "\\'") + "'");
    String untyped = VAULT_ROW.replace("'Type':'AZKVAuditLogs',", "");
    String within =
        VAULT_ROW
            .replace("'ClientInfo':'sdk/1',", "")
            .replace("'Properties':null", "'Properties':{'clientInfo':'sdk/1'}");
    for (String file :
        new String[] {VAULT_ROW, text, untyped, within, "{'records':[" + VAULT_ROW + "]}"}) {
      Activity row = activity(file);
      assertThat(row.getResource()).isEqualToIgnoringCase(hub.getResource());
      row.setResource(hub.getResource());
      assertThat(ExportRows.placedAs(row, hub)).as(file).isEqualTo(hub);
    }
  }

  @Test
  void readsACallOfAVault_inTheTableOfOlderSettings() {
    Activity hub = activity(VAULT);
    String upn = "http_schemas_xmlsoap_org_ws_2005_05_identity_claims_upn_s";
    String oid = "http_schemas_microsoft_com_identity_claims_objectidentifier_g";
    String longNames =
        VAULT_DIAGNOSTICS
            .replace("claim_oid_g'", "claim_" + oid + "'")
            .replace("claim_upn_s'", "claim_" + upn + "'");
    assertThat(longNames).contains(upn, oid);
    String full =
        VAULT_DIAGNOSTICS
            .replace("'clientInfo_s':'sdk/1',", "")
            .replace("'identity_claim_oid_g':'" + OID + "',", "")
            .replace(
                "'AdditionalFields':null",
                "'AdditionalFields':{'clientInfo_s':'sdk/1','identity_claim_oid':'" + OID + "'}");
    for (String file :
        new String[] {
          VAULT_DIAGNOSTICS, longNames, full, full.replace("_s':", "':").replace("_g':", "':")
        }) {
      assertThat(ExportRows.placedAs(activity(file), hub)).as(file).isEqualTo(hub);
    }
  }

  @Test
  void readsCallsOfVaults_inACsvFileAndAnAnswer() {
    String id = activity(VAULT).getEventId();
    String csv =
        "TimeGenerated [UTC],CallerIpAddress,ClientInfo,CorrelationId,HttpStatusCode,Id,Identity,Properties,RequestUri,"
            + "OperationName,ResultSignature,_ResourceId\n"
            + "\"11/14/2025, 2:40:00.269 AM\",203.0.113.40,sdk/1,corr-5,403,https://v.vault.example/secrets/db,\""
            + CLAIM.replace("'", "\"\"")
            + "\",,https://v.vault.example/secrets/db/?api-version=7.4,SecretGet,Forbidden,"
            + RESOURCE
            + "\n";
    Activity read = ExportRows.activity(csv);
    assertThat(read.getEventId()).isEqualTo(id);
    assertThat(read.getPrincipal().getName()).isEqualTo("ada@contoso.example");
    String diagnostics =
        "\"TimeGenerated [UTC]\",Category,ResourceId,OperationName,CorrelationId,CallerIPAddress,ResultSignature,"
            + "\"identity_claim_oid_g\",\"id_s\",\"requestUri_s\",\"httpStatusCode_d\",Type\n"
            + "\"11/14/2025, 2:40:00.269 AM\",AuditEvent,"
            + RESOURCE
            + ",SecretGet,corr-5,203.0.113.40,Forbidden,"
            + OID
            + ",https://v.vault.example/secrets/db,https://v.vault.example/secrets/db/?api-version=7.4,403,AzureDiagnostics\n";
    assertThat(ExportRows.activity(diagnostics).getEventId()).isEqualTo(id);
    String answer =
        "{'tables':[{'name':'PrimaryResult','columns':[{'name':'TimeGenerated'},{'name':'_ResourceId'},"
            + "{'name':'CorrelationId'},{'name':'OperationName'},{'name':'ResultSignature'},{'name':'CallerIpAddress'},"
            + "{'name':'Identity'},{'name':'Id'},{'name':'RequestUri'},{'name':'HttpStatusCode'},{'name':'Type'}],"
            + "'rows':[['2025-11-14T02:40:00.2691226Z','"
            + RESOURCE
            + "','corr-5','SecretGet','Forbidden','203.0.113.40','"
            + CLAIM.replace("'", "\\'")
            + "','https://v.vault.example/secrets/db','https://v.vault.example/secrets/db/?api-version=7.4',403,"
            + "'AZKVAuditLogs']]}]}";
    assertThat(activity(answer).getEventId()).isEqualTo(id);
  }

  @Test
  void isAnotherCall_ofAVault_whereAnythingDiffers() {
    String id = activity(VAULT_DIAGNOSTICS).getEventId();
    for (String other :
        new String[] {
          VAULT_DIAGNOSTICS.replace("00.269", "00.268"),
          VAULT_DIAGNOSTICS.replace("SecretGet", "SecretList"),
          VAULT_DIAGNOSTICS.replace("403.0", "401.0"),
          VAULT_DIAGNOSTICS.replace("secrets/db/?", "secrets/dc/?"),
          VAULT_DIAGNOSTICS.replace("113.40", "113.41"),
          VAULT_DIAGNOSTICS.replace(OID, APP)
        }) {
      assertThat(activity(other).getEventId()).isNotEqualTo(id);
    }
    String uncorrelated = VAULT.replace("'correlationId':'corr-5',", "");
    assertThat(activity(uncorrelated).getEventId())
        .isNotEqualTo(activity(uncorrelated.replace("691226Z", "691227Z")).getEventId());
  }

  @Test
  void ignoresTheAuditEvents_ofAnotherService() {
    String row = VAULT_DIAGNOSTICS.replace("MICROSOFT.KEYVAULT", "MICROSOFT.ATTESTATION");
    assertThat(Records.words(Records.read(quoted(row)))).containsExactly("ignored AuditEvent");
  }

  @Test
  void readsWhatAFirewallBlocked_asTheHubsRecord() {
    Activity hub = activity(FIREWALL);
    String csv =
        "TenantId,\"TimeGenerated [UTC]\",Category,\"requestUri_s\",\"ruleName_s\",\"details_msg_s\",\"details_matches_s\","
            + "\"details_data_s\",\"clientIP_s\",\"socketIP_s\",\"policy_s\",\"action_s\",\"host_s\",\"trackingReference_s\","
            + "\"policyMode_s\",Type\n"
            + "w,\"11/14/2025, 2:00:00.100 AM\",FrontDoorWebApplicationFirewallLog,"
            + "https://api.contoso.example:443/orders/7?q=1,SQLI-942330,SQL,\""
            + MATCHES.replace("\\'", "\"\"")
            + "\",Matched,198.51.100.7,203.0.113.9,waf1,Block,api.contoso.example,ref-1,prevention,AzureDiagnostics\n";
    String classic =
        FIREWALL_ROW
            .replace("'FrontDoorWeb", "'FrontdoorWeb")
            .replace("MICROSOFT.CDN", "MICROSOFT.NETWORK");
    String older = classic.replace("trackingReference_s", "refString_s");
    for (String file : new String[] {FIREWALL_ROW, classic, csv, older}) {
      assertThat(ExportRows.placedAs(activity(file), hub)).as(file).isEqualTo(hub);
    }
  }

  @ParameterizedTest
  @CsvSource({"a, a; b", "SQL, XSS", "Matched, Found"})
  void isAnotherMatch_whereItsDetailsDiffer(String from, String to) {
    String id = activity(FIREWALL).getEventId();
    assertThat(activity(FIREWALL_ROW).getEventId()).isEqualTo(id);
    String other = FIREWALL_ROW.replace(":\\'" + from, ":\\'" + to).replace("'" + from, "'" + to);
    assertThat(activity(other).getEventId()).isNotEqualTo(id);
  }

  @Test
  void isAnotherMatch_atAnotherTime() {
    String later = FIREWALL.replace(":00.1Z", ":00.101Z");
    assertThat(later).isNotEqualTo(FIREWALL);
    assertThat(activity(later).getEventId()).isNotEqualTo(activity(FIREWALL).getEventId());
    String finer = FIREWALL.replace(":00.1Z", ":00.1000004Z");
    assertThat(activity(finer).getEventId()).isEqualTo(activity(FIREWALL).getEventId());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'details':{'msg':'SQL','data':'Matched'}",
        "'details':{'data':'Matched','msg':'SQL','matches':[]}",
        "'details':{'matches':null,'msg':'SQL','data':'Matched'}"
      })
  void isOneMatch_inWhateverOrderItsDetailsAre(String details) {
    String row = FIREWALL_ROW.replace(MATCHES, "[]");
    String record = FIREWALL.substring(0, FIREWALL.indexOf("'details'")) + details + "}}";
    assertThat(activity(record).getEventId()).isEqualTo(activity(row).getEventId());
  }

  @Test
  void isOneMatch_withoutDetails() {
    String record = FIREWALL.substring(0, FIREWALL.indexOf(",'details'")) + "}}";
    String id = activity(record).getEventId();
    for (String details : new String[] {"null", "{}", "{'msg':'','data':'','matches':[]}"}) {
      String with = record.replace("'policyMode'", "'details':" + details + ",'policyMode'");
      assertThat(activity(with).getEventId()).as(details).isEqualTo(id);
    }
    assertThat(id).isNotEqualTo(activity(FIREWALL).getEventId());
  }

  private static Activity activity(String file) {
    return ExportRows.activity(quoted(file));
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }
}
