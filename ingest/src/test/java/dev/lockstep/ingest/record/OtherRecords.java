package dev.lockstep.ingest.record;

/**
 * Records that are neither sign-ins nor gateway calls nor alerts, with all that is read of them.
 */
final class OtherRecords {
  static final String GRAPH_CALL =
      """
      {"time":"2025-11-14T02:10:00.1234567Z","resourceId":"/TENANTS/T/PROVIDERS/MICROSOFT.AADIAM",\
      "operationName":"Microsoft Graph Activity","operationVersion":"beta",\
      "category":"MicrosoftGraphActivityLogs","tenantId":"TENANT-1","resultSignature":"200",\
      "durationMs":"497815","callerIpAddress":"198.51.100.20","correlationId":"batch-1",\
      "level":"Informational","location":"West Europe","properties":{"timeGenerated":\
      "2025-11-14T02:10:00.1234567Z","location":"West Europe","requestId":"graph-1",\
      "operationId":"batch-1","clientRequestId":"client-1","apiVersion":"beta",\
      "requestMethod":"GET","responseStatusCode":200,"tenantId":"TENANT-1","durationMs":497815,\
      "responseSizeBytes":364,"signInActivityId":"4AQlP4lP00GaDAMF6CwzAQ","roles":null,\
      "appId":"APP-1","UserPrincipalObjectID":"AAAAAAAA-4F89-41d3-9a0c-000000000001",\
      "scopes":"User.Read openid","identityProvider":null,"clientAuthMethod":"0","wids":"w",\
      "C_Idtyp":"user","C_Iat":"1763085600","ipAddress":"198.51.100.20","userAgent":"graph-client/1",\
      "requestUri":"https://graph.microsoft.example/beta/users/ada?$select=id","atContentP":"",\
      "userId":"AAAAAAAA-4F89-41d3-9a0c-000000000001","servicePrincipalId":null,\
      "tokenIssuedAt":"2025-11-14T02:00:00Z","C_Sid":"s-1","C_DeviceId":"dev-1","isReplay":false}}""";

  /** The activation of a role of Entra by Privileged Identity Management. */
  static final String AUDIT =
      """
      {"time":"2025-11-14T02:20:00.7654321Z","resourceId":"/tenants/t/providers/Microsoft.aadiam",\
      "operationName":"Add member to role completed (PIM activation)","operationVersion":"1.0",\
      "category":"AuditLogs","tenantId":"TENANT-1","resultSignature":"None","durationMs":0,\
      "callerIpAddress":"<null>","correlationId":"corr-1","identity":"Ada Example",\
      "Level":4,"properties":{"id":"PIM_1","category":"RoleManagement","correlationId":"corr-1",\
      "result":"success","resultReason":"Night shift","resultDescription":"",\
      "activityDisplayName":"Add member to role completed (PIM activation)",\
      "activityDateTime":"2025-11-14T02:20:00.7654321+00:00","loggedByService":"PIM",\
      "operationType":"ActivateRole","userAgent":null,"initiatedBy":{"user":{"id":\
      "AAAAAAAA-4F89-41d3-9a0c-000000000001","displayName":"Ada Example",\
      "userPrincipalName":"ada@contoso.example","ipAddress":"203.0.113.40","roles":[]}},\
      "targetResources":[{"id":"ROLE-1","displayName":"Global Reader","type":"Role",\
      "modifiedProperties":[{"displayName":"Role.DisplayName","oldValue":null,\
      "newValue":"\\"Global Reader\\""}],"administrativeUnits":[]},{"id":\
      "AAAAAAAA-4F89-41d3-9a0c-000000000001","displayName":"Ada Example",\
      "userPrincipalName":"ada@contoso.example","type":"User","modifiedProperties":[]}],\
      "additionalDetails":[{"key":"TemplateId","value":"template-1"},{"key":"User-Agent",\
      "value":"portal/1"},{"key":"Justification","value":"Night shift"}]}}""";

  /** The activation of a role on a resource. */
  static final String ROLE_ON_RESOURCE =
      """
      {"location":"global","resultType":"Succeeded","time":"2025-11-14T02:25:00.4212011Z",\
      "callerIpAddress":"203.0.113.40","resourceId":"/SUBSCRIPTIONS/SUB-1",\
      "correlationId":"corr-2","operationName":"Add member to role completed (PIM activation)",\
      "category":"Administrative","properties":{"SubscriptionID":"sub-1",\
      "ResourceProviderName":"azurerbac","ResourceType":"subscription","TenantID":"t",\
      "EventName":"ActivateRole","EventID":"event-1","ActionType":"Grant",\
      "RoleDefinition":"Storage Reader","RoleDefinitionOriginId":"/roleDefinitions/r-1",\
      "CallerInfo":"[{\\"CallerIdentityType\\":\\"UPN\\",\\"CallerIdentityValue\\":\\"ada@contoso.example\\"},\
      {\\"CallerIdentityType\\":\\"ObjectID\\",\\"CallerIdentityValue\\":\\"AAAAAAAA-4F89-41d3-9a0c-000000000001\\"},\
      {\\"CallerIdentityType\\":\\"ObjectClass\\",\\"CallerIdentityValue\\":\\"User\\"}]",\
      "Justification":"Night shift","SubjectID":"AAAAAAAA-4F89-41d3-9a0c-000000000001",\
      "SubjectName":"Ada Example"}}""";

  /** A change that Azure Resource Manager authorised. */
  static final String ADMINISTRATIVE =
      """
      {"RoleLocation":"West Europe","time":"2025-11-14T02:30:00.3554259Z",\
      "resourceId":"/SUBSCRIPTIONS/SUB-1/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.STORAGE/S",\
      "operationName":"MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION",\
      "category":"Administrative","resultType":"Start","resultSignature":"Started.",\
      "durationMs":"0","callerIpAddress":"203.0.113.40","correlationId":"corr-3","identity":{\
      "authorization":{"scope":"/subscriptions/sub-1","action":\
      "Microsoft.Storage/storageAccounts/listKeys/action","evidence":{"role":"Owner",\
      "principalId":"aaaaaaaa4f8941d39a0c000000000001","principalType":"User"}},"claims":{\
      "aud":"https://management.azure.example/","iat":"1763085600","exp":"1763089200",\
      "appid":"APP-1","uti":"4AQlP4lP00GaDAMF6CwzAQ","name":"Ada Example",\
      "http://schemas.microsoft.com/identity/claims/objectidentifier":\
      "AAAAAAAA-4F89-41d3-9a0c-000000000001",\
      "http://schemas.microsoft.com/identity/claims/tenantid":"TENANT-1",\
      "http://schemas.microsoft.com/identity/claims/scope":"user_impersonation",\
      "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn":"ada@contoso.example"}},\
      "level":"Information","properties":{"eventCategory":"Administrative","hierarchy":"t/sub-1"}}""";

  static final String RISK =
      """
      {"time":"11/14/2025 3:07:16 AM","resourceId":"/tenants/t/providers/microsoft.aadiam",\
      "operationName":"User Risk Detection","category":"UserRiskEvents","tenantId":"t",\
      "resultSignature":"None","durationMs":0,"callerIpAddress":"81.2.69.142",\
      "correlationId":"risk-1","identity":"ada example","Level":4,"location":"gb","properties":{\
      "id":"risk-1","requestId":"4AQlP4lP00GaDAMF6CwzAQ","correlationId":"corr-4",\
      "riskType":"anonymizedIPAddress","riskEventType":"anonymizedIPAddress","riskState":"atRisk",\
      "riskLevel":"high","riskDetail":"none","source":"IdentityProtection",\
      "detectionTimingType":"realtime","activity":"signin","ipAddress":"81.2.69.142","location":{\
      "city":"London","state":"England","countryOrRegion":"GB","geoCoordinates":{"altitude":0,\
      "latitude":51.5142,"longitude":-0.0931}},"activityDateTime":"2025-11-14T03:05:06.133Z",\
      "detectedDateTime":"2025-11-14T3:05:06.133Z","lastUpdatedDateTime":"2025-11-14T03:07:16.894Z",\
      "userId":"AAAAAAAA-4F89-41d3-9a0c-000000000001","userDisplayName":"Ada Example",\
      "userPrincipalName":"ada@contoso.example","additionalInfo":\
      "[{\\"Key\\":\\"userAgent\\",\\"Value\\":\\"browser/1\\"},{\\"Key\\":\\"x\\",\\"Value\\":null}]",\
      "resourceTenantId":null}}""";

  static final String RISKY_USER =
      """
      {"time":"11/14/2025 3:11:52 AM","resourceId":"/tenants/t/providers/microsoft.aadiam",\
      "operationName":"Risky user","category":"RiskyUsers","tenantId":"t","location":"neu",\
      "correlationId":"x","identity":"ada example","properties":{\
      "id":"AAAAAAAA-4F89-41d3-9a0c-000000000001","userDisplayName":"Ada Example",\
      "userPrincipalName":"ada@contoso.example","riskLastUpdatedDateTime":\
      "2025-11-14T3:11:52.702Z","riskState":"atRisk","riskDetail":"none","riskLevel":"medium",\
      "isGuest":false,"isDeleted":false,"isProcessing":false}}""";

  static final String EDGE =
      """
      {"time":"2025-11-14T02:00:00.0000000Z","resourceId":"/SUBSCRIPTIONS/S/PROFILES/P",\
      "category":"FrontDoorAccessLog","operationName":"Microsoft.Cdn/Profiles/AccessLog/Write",\
      "properties":{"trackingReference":"ref-1","httpMethod":"POST","httpVersion":"2.0.0.0",\
      "requestUri":"https://Api.Contoso.Example:443/orders/7?sig=secret","requestBytes":"60",\
      "userAgent":"shop/1","clientIp":"198.51.100.7","clientPort":"55262",\
      "socketIp":"203.0.113.9","timeTaken":"0.035","requestProtocol":"HTTPS",\
      "rulesEngineMatchNames":[],"httpStatusCode":"201","errorInfo":"NoError",\
      "ErrorInfo":"NoError","hostName":"api.contoso.example","originIp":"N/A","referer":"",\
      "clientCountry":"United Kingdom"}}""";

  static final String FIREWALL =
      """
      {"time":"2025-11-14T02:00:00.1000000Z","resourceId":"/SUBSCRIPTIONS/S/FRONTDOORS/F",\
      "category":"FrontdoorWebApplicationFirewallLog",\
      "operationName":"Microsoft.Network/FrontDoor/WebApplicationFirewallLog/Write","properties":{\
      "clientIP":"198.51.100.7","clientPort":"52097","socketIP":"203.0.113.9",\
      "requestUri":"https://api.contoso.example:443/orders/7?q=1","ruleName":"SQLI-942330",\
      "policy":"waf1","action":"Block","host":"api.contoso.example","trackingReference":"ref-1",\
      "policyMode":"prevention","details":{"matches":[{"matchVariableName":"CookieValue:w",\
      "matchVariableValue":"{\\"a\\":\\"b"}],"msg":"SQL","data":"Matched"}}}""";

  static final String VAULT =
      """
      {"time":"2025-11-14T02:40:00.2691226Z",\
      "resourceId":"/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/V",\
      "operationName":"SecretGet","operationVersion":"7.4","category":"AuditEvent",\
      "resultType":"Success","resultSignature":"Forbidden","resultDescription":"No policy matched",\
      "durationMs":"78","callerIpAddress":"203.0.113.40","correlationId":"corr-5","identity":{\
      "claim":{"oid":"AAAAAAAA-4F89-41d3-9a0c-000000000001","appid":"APP-1","appidacr":"2",\
      "scp":"user_impersonation","upn":"ada@contoso.example","unique_name":"ada","amr":"[]"}},\
      "properties":{"id":"https://v.vault.example/secrets/db","clientInfo":"sdk/1",\
      "requestUri":"https://v.vault.example/secrets/db/?api-version=7.4","httpStatusCode":403,\
      "isAccessPolicyMatch":false,"tlsVersion":"TLS1_3"}}""";

  private OtherRecords() {}
}
