package dev.lockstep.ingest.record;

/** Records of categories of which no real record was seen, written after their documentation. */
final class ContextRecords {
  static final String WORKLOAD_RISK =
      """
      {"time":"2025-11-14T03:07:16Z","resourceId":"/tenants/t/providers/microsoft.aadiam",\
      "operationName":"Service principal risk detection","category":"ServicePrincipalRiskEvents",\
      "tenantId":"t","correlationId":"x","properties":{"id":"wrisk-1",\
      "requestId":"4AQlP4lP00GaDAMF6CwzAQ","correlationId":"corr-4",\
      "riskEventType":"leakedCredentials","riskState":"atRisk","riskLevel":"high",\
      "riskDetail":"none","source":"IdentityProtection","detectionTimingType":"offline",\
      "activity":"servicePrincipal","ipAddress":"81.2.69.142","location":{"city":"London",\
      "countryOrRegion":"GB"},"activityDateTime":"2025-11-14T03:05:06.133Z",\
      "detectedDateTime":"2025-11-14T03:05:06.133Z","lastUpdatedDateTime":"2025-11-14T03:07:16Z",\
      "servicePrincipalId":"BBBBBBBB-4F89-41d3-9a0c-000000000001",\
      "servicePrincipalDisplayName":"nightly-job","appId":"11111111-2222-3333-4444-555555555555",\
      "keyIds":["cccccccc-4f89-41d3-9a0c-000000000001"],"additionalInfo":null}}""";

  static final String RISKY_WORKLOAD =
      """
      {"time":"2025-11-14T03:11:52Z","category":"RiskyServicePrincipals","operationName":"x",\
      "properties":{"id":"BBBBBBBB-4F89-41d3-9a0c-000000000001","displayName":"nightly-job",\
      "appId":"11111111-2222-3333-4444-555555555555","servicePrincipalType":"Application",\
      "riskLastUpdatedDateTime":"2025-11-14T03:11:52.702Z","riskState":"atRisk",\
      "riskDetail":"none","riskLevel":"medium","isEnabled":true,"isProcessing":false}}""";

  static final String AGENT_RISK =
      """
      {"time":"2025-11-14T03:07:16Z","category":"AgentRiskEvents","operationName":"x",\
      "correlationId":"x","properties":{"id":"arisk-1","correlationId":"corr-4",\
      "agentId":"DDDDDDDD-4F89-41d3-9a0c-000000000001","agentDisplayName":"helper",\
      "identityType":"AgentIdentity","activityDateTime":"2025-11-14T03:05:06.133Z",\
      "detectedDateTime":"2025-11-14T03:05:06.133Z","detectionTimingType":"offline",\
      "lastModifiedDateTime":"2025-11-14T03:07:16Z","riskEventType":"unfamiliarResourceAccess",\
      "riskState":"atRisk","riskLevel":"high","riskDetail":"none","riskEvidence":"words",\
      "additionalInfo":"words"}}""";

  static final String RISKY_AGENT =
      """
      {"time":"2025-11-14T03:11:52Z","category":"RiskyAgents","operationName":"x","properties":{\
      "id":"DDDDDDDD-4F89-41d3-9a0c-000000000001","agentDisplayName":"helper",\
      "identityType":"AgentUser","riskLastModifiedDateTime":"2025-11-14T03:11:52.702Z",\
      "riskState":"atRisk","riskDetail":"none","riskLevel":"medium","isDeleted":false,\
      "isEnabled":true,"isProcessing":false}}""";

  static final String AZURE_AD_GRAPH =
      """
      {"category":"AzureADGraphActivityLogs","location":"WestEurope",\
      "operationName":"AAD Graph Activity","tenantId":"TENANT-1","properties":{\
      "actorType":"User","apiVersion":"1.6","appId":"APP-1","callerIpAddress":"198.51.100.20",\
      "clientAuthMethod":0,"deviceId":"","durationMs":71,"httpMethod":"PATCH",\
      "httpStatusCode":204,"identityProvider":"","issuedAt":"11/14/2025 2:00:39 AM",\
      "location":"WestEurope","requestId":"request-1",\
      "requestUri":"/v2/tenant-1/applications/a-1?api-version=1.6","responseSizeBytes":-1,\
      "roles":"","scopes":"user_impersonation","servicePrincipalId":"","sessionId":"s-1",\
      "signInActivityId":"4AQlP4lP00GaDAMF6CwzAQ==","tenantId":"TENANT-1",\
      "timeGenerated":"2025-11-14T02:10:00.1234567Z","userAgent":"directory-client/1",\
      "userId":"AAAAAAAA-4F89-41d3-9a0c-000000000001","wids":""}}""";

  static final String MCP =
      """
      {"time":"2025-11-14T02:00:00.5Z","resourceId":"/subscriptions/s/service/apim",\
      "operationName":"Microsoft.ApiManagement/GatewayMCPLogs","category":"GatewayMCPLogs",\
      "callerIpAddress":"203.0.113.9","correlationId":"call-1","location":"West Europe",\
      "properties":{"apiType":"mcp","authenticationMethod":"oauth2","clientName":"desk",\
      "clientVersion":"1","error":"CANARY","errorType":"none","mcpServerEndpoint":\
      "https://api.contoso.example/mcp?key=secret","method":"tools/call","protocolVersion":"1",\
      "serverName":"orders","serverVersion":"1","sessionId":"chat-1","toolCount":3,\
      "toolName":"find-order","transportType":"sse","arguments":{"q":"CANARY"},\
      "result":["CANARY"]}}""";

  static final String LLM =
      """
      {"time":"2025-11-14T02:00:00.5Z","resourceId":"/subscriptions/s/service/apim",\
      "operationName":"Microsoft.ApiManagement/GatewayLlmLogs","category":"GatewayLlmLogs",\
      "callerIpAddress":"203.0.113.9","correlationId":"call-1","location":"West Europe",\
      "resultDescription":"CANARY","properties":{"apiVersion":"1","completionTokens":3,\
      "deploymentName":"d","isStreamCompletion":false,"modelName":"m","promptTokens":4,\
      "requestId":"llm-1","requestMessages":[{"role":"user","content":"CANARY"}],\
      "responseMessages":"[{\\"content\\":\\"CANARY\\"}]","prompt":"CANARY","completion":"CANARY",\
      "messages":["CANARY"],"content":"CANARY","error":"CANARY","sequenceNumber":0,\
      "totalTokens":7}}""";

  static final String PRE_AUTHENTICATION =
      """
      {"time":"2025-11-14T02:00:00.5Z","resourceId":"/tenants/t/providers/microsoft.aadiam",\
      "operationName":"Sign-in activity","category":"PreAuthenticationDiscoveryLogs",\
      "tenantId":"t","callerIpAddress":"203.0.113.9","correlationId":"corr-6",\
      "resultDescription":"No such user","properties":{"requestId":"pre-1",\
      "applicationId":"11111111-2222-3333-4444-555555555555","errorNumber":"50034",\
      "requestType":"GetCredentialType","userAgent":"browser/1",\
      "userId":"AAAAAAAA-4F89-41d3-9a0c-000000000001"}}""";

  static final String CLOUD_APP =
      """
      {"time":"2025-11-14T03:00:00Z","tenantId":"t","operationName":"Publish",\
      "category":"AdvancedHunting-CloudAppEvents","properties":{\
      "Timestamp":"2025-11-14T02:00:00.5Z","ActionType":"FileDownloaded",\
      "Application":"Microsoft SharePoint Online","ApplicationId":20892,\
      "AccountObjectId":"AAAAAAAA-4F89-41d3-9a0c-000000000001","AccountId":"x",\
      "AccountDisplayName":"Ada Example","AccountType":"Regular","IPAddress":"81.2.69.142",\
      "CountryCode":"GB","City":"London","ISP":"x","UserAgent":"browser/1","ReportId":"report-1",\
      "ObjectName":"CANARY","RawEventData":{"Subject":"CANARY","AppAccessContext":{\
      "AADSessionId":"s-1","UniqueTokenId":"4AQlP4lP00GaDAMF6CwzAQ","CorrelationId":"c"}},\
      "ActivityObjects":[{"Name":"CANARY"}],"AdditionalFields":{}}}""";

  static final String NETWORK_ACCESS =
      """
      {"time":"2025-11-14T03:00:00Z","resourceId":"/tenants/t/providers/microsoft.aadiam",\
      "category":"NetworkAccessTrafficLogs","operationName":"x","correlationId":"corr-7",\
      "properties":{"transactionId":"tx-1","connectionId":"con-1",\
      "createdDateTime":"2025-11-14T02:00:00.5Z","action":"allow","policyName":"p-1",\
      "ruleName":"r-1","userId":"AAAAAAAA-4F89-41d3-9a0c-000000000001",\
      "userPrincipalName":"ada@contoso.example","sourceIp":"81.2.69.142",\
      "deviceId":"dev-1","deviceOperatingSystem":"Windows","destinationFqdn":"a.example",\
      "destinationUrl":"https://a.example/x?sig=secret","httpMethod":"GET",\
      "userAgent":"browser/1","sessionId":"s-1","uniqueTokenId":"4AQlP4lP00GaDAMF6CwzAQ",\
      "appId":"11111111-2222-3333-4444-555555555555"}}""";

  private ContextRecords() {}
}
