package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.record.FieldForm.APP_ONLY;
import static dev.lockstep.ingest.record.FieldForm.EARLIER;
import static dev.lockstep.ingest.record.FieldForm.HOST;
import static dev.lockstep.ingest.record.FieldForm.HOST_ALONE;
import static dev.lockstep.ingest.record.FieldForm.LATER;
import static dev.lockstep.ingest.record.FieldForm.LOWER;
import static dev.lockstep.ingest.record.FieldForm.PATH;
import static dev.lockstep.ingest.record.FieldForm.SECONDS;
import static dev.lockstep.ingest.record.FieldForm.STATUS;
import static dev.lockstep.ingest.record.FieldForm.TEXT;
import static dev.lockstep.ingest.record.FieldForm.TOKEN;
import static dev.lockstep.ingest.record.FieldForm.USER;
import static dev.lockstep.ingest.record.FieldForm.WORKLOAD;
import static dev.lockstep.ingest.record.FieldSources.mixed;
import static dev.lockstep.ingest.record.FieldSources.row;

import dev.lockstep.ingest.record.FieldSources.Group;
import dev.lockstep.ingest.record.FieldSources.Row;
import dev.lockstep.ingest.record.FieldSources.Source;
import dev.lockstep.schemas.ActivityKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@link FieldSources} of categories that no rule reads; of many, no hub's record was seen. */
final class ContextFieldSources {
  private static final String TABLES =
      "https://learn.microsoft.com/azure/azure-monitor/reference/tables/";

  private ContextFieldSources() {}

  static List<Group> all() {
    return List.of(
        workloadRisks(),
        riskyWorkloads(),
        agentRisks(),
        riskyAgents(),
        azureAdGraph(),
        mcp(),
        llm(),
        preAuthentication(),
        cloudApps(),
        networkAccess());
  }

  private static String neverSeen(String page, String more) {
    return "No real record was seen. Documented at <%s>: names of columns, which the hub writes with a small first letter, as far as is known of other categories.%s"
        .formatted(TABLES + page, more);
  }

  private static String seenInGraph(String page, String more) {
    return "Objects of Microsoft Graph were seen, but no record of a hub. Documented at <%s>: names of columns, which the hub writes with a small first letter, as far as is known of other categories.%s"
        .formatted(TABLES + page, more);
  }

  private static Group group(
      String title, ActivityKind kind, String note, String category, String base, Row... rows) {
    return new Group(title, kind, note, List.of(category), base, List.of(rows));
  }

  private static Row[] risk(boolean event, Row... more) {
    List<Row> rows = new ArrayList<>(List.of(more));
    rows.add(row("risk.level", TEXT, "properties.riskLevel"));
    rows.add(row("risk.state", TEXT, "properties.riskState"));
    rows.add(row("risk.detail", TEXT, "properties.riskDetail"));
    if (event) {
      rows.add(
          mixed(
              "eventId",
              new Source(
                  "properties.id",
                  new FieldForm(
                      "\"probe\"", "\"other\"", "probe/atrisk/high", "with state and level"))));
      rows.add(
          row(
              "eventAt",
              EARLIER,
              "properties.activityDateTime",
              "properties.detectedDateTime",
              "time"));
      if (rows.stream().noneMatch(row -> row.field().equals("correlationId"))) {
        rows.add(row("correlationId", TEXT, "properties.correlationId"));
      }
      rows.add(row("risk.id", TEXT, "properties.id"));
      rows.add(row("risk.type", TEXT, "properties.riskEventType"));
      rows.add(row("risk.timing", TEXT, "properties.detectionTimingType"));
    }
    return rows.toArray(Row[]::new);
  }

  private static Group workloadRisks() {
    String place = "properties.location.";
    return group(
        "Risks of workloads",
        ActivityKind.RISK,
        seenInGraph("aadserviceprincipalriskevents", ""),
        "ServicePrincipalRiskEvents",
        ContextRecords.WORKLOAD_RISK,
        risk(
            true,
            row("principal.id", LOWER, "properties.servicePrincipalId", "properties.appId"),
            row("principal.name", TEXT, "properties.servicePrincipalDisplayName"),
            mixed("principal.type", new Source("properties.servicePrincipalId", WORKLOAD)),
            row("address", TEXT, "properties.ipAddress", "callerIpAddress"),
            row("geo.country", TEXT, place + "countryOrRegion"),
            row("geo.city", TEXT, place + "city"),
            row("risk.source", TEXT, "properties.source"),
            row("risk.activity", TEXT, "properties.activity"),
            row("risk.requestId", TOKEN, "properties.requestId")));
  }

  private static Group riskyWorkloads() {
    return group(
        "Workloads at risk",
        ActivityKind.RISK,
        neverSeen("aadriskyserviceprincipals", ""),
        "RiskyServicePrincipals",
        ContextRecords.RISKY_WORKLOAD,
        risk(
            false,
            row("eventAt", EARLIER, "properties.riskLastUpdatedDateTime", "time"),
            row(
                "principal.id",
                LOWER,
                "properties.servicePrincipalId",
                "properties.id",
                "properties.appId"),
            row("principal.name", TEXT, "properties.displayName")));
  }

  private static Group agentRisks() {
    return group(
        "Risks of agents",
        ActivityKind.RISK,
        seenInGraph(
            "aadagentriskevents",
            " `principal.type` is `user` where `identityType` is `AgentUser`. Ids of the sign-in and `identityId` are in Microsoft Graph only."),
        "AgentRiskEvents",
        ContextRecords.AGENT_RISK,
        risk(
            true,
            row("principal.id", LOWER, "properties.agentId", "properties.identityId"),
            row("principal.name", TEXT, "properties.agentDisplayName", "properties.displayName"),
            mixed("principal.type", new Source("properties.agentId", WORKLOAD)),
            row(
                "correlationId",
                TEXT,
                "properties.correlationId",
                "properties.signInCorrelationId"),
            row("risk.requestId", TOKEN, "properties.requestId", "properties.signInRequestId")));
  }

  private static Group riskyAgents() {
    return group(
        "Agents at risk",
        ActivityKind.RISK,
        seenInGraph(
            "aadriskyagents", " `principal.type` is `user` where `identityType` is `AgentUser`."),
        "RiskyAgents",
        ContextRecords.RISKY_AGENT,
        risk(
            false,
            row("eventAt", EARLIER, "properties.riskLastModifiedDateTime", "time"),
            row(
                "principal.id",
                LOWER,
                "properties.agentId",
                "properties.identityId",
                "properties.id"),
            row("principal.name", TEXT, "properties.agentDisplayName", "properties.displayName"),
            mixed("principal.type", new Source("properties.id", USER))));
  }

  private static Group azureAdGraph() {
    String user = "properties.userId";
    return group(
        "Calls of Azure AD Graph",
        ActivityKind.OTHER,
        "Read as calls of Microsoft Graph are, by the names of the table's columns or by the hub's own; no call for the rules. Public records of the hub have no `time`.",
        "AzureADGraphActivityLogs",
        ContextRecords.AZURE_AD_GRAPH,
        row("eventId", TEXT, "properties.requestId"),
        row("eventAt", EARLIER, "properties.timeGenerated", "time"),
        mixed("principal.id", new Source(user, LOWER)),
        row(
            "address",
            TEXT,
            "properties.ipAddress",
            "properties.callerIpAddress",
            "callerIpAddress"),
        row("status", STATUS, "properties.responseStatusCode", "properties.httpStatusCode"),
        row("userAgent", TEXT, "properties.userAgent"),
        row("request.method", TEXT, "properties.requestMethod", "properties.httpMethod"),
        row("request.host", HOST, "properties.requestUri"),
        row("request.path", PATH, "properties.requestUri"),
        row("device.id", TEXT, "properties.C_DeviceId", "properties.deviceId"),
        row("token.uti", TOKEN, "properties.signInActivityId", "properties.uniqueTokenId"),
        row("token.sid", TEXT, "properties.C_Sid", "properties.sessionId"),
        row("token.oid", LOWER, user),
        row("token.appId", LOWER, "properties.appId"),
        row("token.appOnly", APP_ONLY, "properties.C_Idtyp"),
        row("token.delegation.clientAuth", STATUS, "properties.clientAuthMethod"),
        mixed(
            "token.issuedAt",
            new Source("properties.C_Iat", SECONDS),
            new Source("properties.tokenIssuedAt", EARLIER),
            new Source("properties.issuedAt", LATER)));
  }

  private static Group mcp() {
    return group(
        "Model Context Protocol at API Management",
        ActivityKind.OTHER,
        neverSeen(
            "apimanagementgatewaymcplog",
            " `eventId` is the correlation id and a hash. `token.sid` is the session of the agent's chat, not Entra's, and `token.validated` is false. The message of an error, arguments and results are not read."),
        "GatewayMCPLogs",
        ContextRecords.MCP,
        row("eventAt", EARLIER, "time"),
        row("address", TEXT, "callerIpAddress"),
        row("correlationId", TEXT, "correlationId", "properties.correlationId"),
        row("resource", TEXT, "resourceId"),
        row("operation", TEXT, "properties.method", "operationName"),
        row("app", TEXT, "properties.clientName"),
        row("api.api", TEXT, "properties.serverName"),
        row("api.operation", TEXT, "properties.toolName"),
        row("reason", TEXT, "properties.errorType"),
        row("request.host", HOST, "properties.mcpServerEndpoint"),
        row("request.path", PATH, "properties.mcpServerEndpoint"),
        row("token.sid", TEXT, "properties.sessionId"));
  }

  private static Group llm() {
    return group(
        "Language models at API Management",
        ActivityKind.OTHER,
        neverSeen(
            "apimanagementgatewayllmlog",
            " `eventId` is the correlation id and a hash of request and sequence number. Prompts, completions and messages are never read."),
        "GatewayLlmLogs",
        ContextRecords.LLM,
        row("eventAt", EARLIER, "time"),
        row("address", TEXT, "callerIpAddress"),
        row("correlationId", TEXT, "correlationId", "properties.correlationId"),
        row("resource", TEXT, "resourceId"),
        row("operation", TEXT, "operationName"));
  }

  private static Group preAuthentication() {
    return group(
        "Discovery before a sign-in",
        ActivityKind.OTHER,
        neverSeen("preauthenticationdiscoverylogs", ""),
        "PreAuthenticationDiscoveryLogs",
        ContextRecords.PRE_AUTHENTICATION,
        row("eventId", TEXT, "properties.requestId"),
        row("eventAt", EARLIER, "time"),
        row("principal.id", LOWER, "properties.userId"),
        mixed("principal.type", new Source("properties.userId", USER)),
        row("address", TEXT, "properties.ipAddress", "callerIpAddress"),
        row("userAgent", TEXT, "properties.userAgent"),
        row("status", STATUS, "properties.errorNumber"),
        row("operation", TEXT, "properties.requestType", "operationName"),
        row("reason", TEXT, "properties.resultDescription", "resultDescription"),
        row("resource", TEXT, "resourceId"),
        row("correlationId", TEXT, "correlationId", "properties.correlationId"),
        row("token.appId", LOWER, "properties.applicationId"));
  }

  private static Group cloudApps() {
    String access = "properties.RawEventData.AppAccessContext.";
    return group(
        "Activities in cloud applications, of Defender XDR",
        ActivityKind.OTHER,
        "Public records of the hub name the fields as the table does: <%s>.%s"
            .formatted(
                "https://learn.microsoft.com/defender-xdr/advanced-hunting-cloudappevents-table",
                " `principal.type` is `workload` where `AccountType` is `Application` or `System`. Without `AccountObjectId`, `AccountId` is the principal's id if it is a GUID. Of `RawEventData` session and token are read, nothing else."),
        "AdvancedHunting-CloudAppEvents",
        ContextRecords.CLOUD_APP,
        row("eventId", TEXT, "properties.ReportId"),
        row("eventAt", EARLIER, "properties.Timestamp", "time"),
        row("arrivalAt", LATER, "time", "properties.Timestamp"),
        row("principal.id", LOWER, "properties.AccountObjectId"),
        mixed("principal.type", new Source("properties.AccountObjectId", USER)),
        row("principal.name", TEXT, "properties.AccountDisplayName"),
        row("address", TEXT, "properties.IPAddress", "callerIpAddress"),
        row("geo.country", TEXT, "properties.CountryCode"),
        row("geo.city", TEXT, "properties.City"),
        row("userAgent", TEXT, "properties.UserAgent"),
        row("operation", TEXT, "properties.ActionType", "operationName"),
        row("app", TEXT, "properties.Application"),
        row("token.sid", TEXT, access + "AADSessionId"),
        row("token.uti", TOKEN, access + "UniqueTokenId"));
  }

  private static Group networkAccess() {
    return group(
        "Traffic of Global Secure Access",
        ActivityKind.OTHER,
        neverSeen("networkaccesstraffic", ""),
        "NetworkAccessTrafficLogs",
        ContextRecords.NETWORK_ACCESS,
        Stream.of(
                row("eventId", TEXT, "properties.transactionId"),
                row("eventAt", EARLIER, "properties.createdDateTime", "time"),
                row("principal.id", LOWER, "properties.userId"),
                mixed("principal.type", new Source("properties.userId", USER)),
                row("principal.name", TEXT, "properties.userPrincipalName"),
                row("address", TEXT, "properties.sourceIp", "callerIpAddress"),
                row("userAgent", TEXT, "properties.userAgent"),
                row("device.id", TEXT, "properties.deviceId"),
                row("device.operatingSystem", TEXT, "properties.deviceOperatingSystem"),
                mixed(
                    "request.host",
                    new Source("properties.destinationFqdn", HOST_ALONE),
                    new Source("properties.destinationUrl", HOST)),
                row("request.path", PATH, "properties.destinationUrl"),
                row("request.method", TEXT, "properties.httpMethod"),
                row("request.action", TEXT, "properties.action"),
                row("request.rule", TEXT, "properties.ruleName"),
                row("request.policy", TEXT, "properties.policyName"),
                row("token.sid", TEXT, "properties.sessionId"),
                row("token.uti", TOKEN, "properties.uniqueTokenId"),
                row("token.appId", LOWER, "properties.appId"))
            .toArray(Row[]::new));
  }
}
