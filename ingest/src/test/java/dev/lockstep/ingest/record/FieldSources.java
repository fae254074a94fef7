package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.record.FieldForm.APP_ONLY;
import static dev.lockstep.ingest.record.FieldForm.COUNTRY;
import static dev.lockstep.ingest.record.FieldForm.DECIMAL;
import static dev.lockstep.ingest.record.FieldForm.EARLIER;
import static dev.lockstep.ingest.record.FieldForm.FIRST;
import static dev.lockstep.ingest.record.FieldForm.FLAG;
import static dev.lockstep.ingest.record.FieldForm.HOST;
import static dev.lockstep.ingest.record.FieldForm.HOST_ALONE;
import static dev.lockstep.ingest.record.FieldForm.LATER;
import static dev.lockstep.ingest.record.FieldForm.LIST;
import static dev.lockstep.ingest.record.FieldForm.LOWER;
import static dev.lockstep.ingest.record.FieldForm.PATH;
import static dev.lockstep.ingest.record.FieldForm.POLICY;
import static dev.lockstep.ingest.record.FieldForm.REFUSED;
import static dev.lockstep.ingest.record.FieldForm.SECONDS;
import static dev.lockstep.ingest.record.FieldForm.SINGLE;
import static dev.lockstep.ingest.record.FieldForm.STATUS;
import static dev.lockstep.ingest.record.FieldForm.SUBSCRIPTION;
import static dev.lockstep.ingest.record.FieldForm.TEXT;
import static dev.lockstep.ingest.record.FieldForm.TOKEN;
import static dev.lockstep.ingest.record.FieldForm.USER;
import static dev.lockstep.ingest.record.FieldForm.WORKLOAD;

import dev.lockstep.ingest.message.Records;
import dev.lockstep.schemas.ActivityKind;
import java.util.ArrayList;
import java.util.List;

/** Which field of a record each field of an activity is from, to be proved by probes. */
final class FieldSources {
  /** A field of a record, by its path: keys with dots between them, indexes in brackets. */
  record Source(String path, FieldForm form) {}

  /**
   * A field of an activity and where it is from.
   *
   * @param where to which records it applies, for people; empty: to all of the family
   * @param removed what is taken out of the base record before the probes
   * @param sources the first that is there counts
   */
  record Row(String field, String where, List<String> removed, List<Source> sources) {}

  record Group(
      String title,
      ActivityKind kind,
      String note,
      List<String> categories,
      String base,
      List<Row> rows) {}

  private FieldSources() {}

  static List<Group> all() {
    List<Group> groups =
        new ArrayList<>(
            List.of(
                signIns(),
                calls(),
                links(),
                graph(),
                edge(),
                firewall(),
                OtherFieldSources.directory(),
                OtherFieldSources.roles(),
                OtherFieldSources.resources(),
                OtherFieldSources.risks(),
                OtherFieldSources.riskyUsers(),
                OtherFieldSources.vaults(),
                OtherFieldSources.cloudAlerts(),
                OtherFieldSources.alertInfo(),
                OtherFieldSources.evidence()));
    groups.addAll(ContextFieldSources.all());
    return groups;
  }

  private static Group signIns() {
    return new Group(
        "Sign-ins",
        ActivityKind.SIGN_IN,
        "Without a service principal, a sign-in whose `userId` is the zero GUID has no principal: `appId` does not stand for somebody unknown.",
        List.of(
            "SignInLogs",
            "NonInteractiveUserSignInLogs",
            "ServicePrincipalSignInLogs",
            "ManagedIdentitySignInLogs",
            "MicrosoftServicePrincipalSignInLogs",
            "ADFSSignInLogs"),
        Records.SIGN_IN,
        List.of(
            row("eventId", TEXT, "properties.id"),
            row("eventAt", EARLIER, "properties.createdDateTime", "time", "timeStamp"),
            row("arrivalAt", LATER, "time", "properties.createdDateTime"),
            row(
                "principal.id",
                LOWER,
                "properties.userId",
                "properties.servicePrincipalId",
                "properties.appId"),
            mixed(
                "principal.type",
                new Source("properties.userId", USER),
                new Source("properties.servicePrincipalId", WORKLOAD),
                new Source("properties.appId", WORKLOAD)),
            row(
                "principal.name",
                TEXT,
                "properties.userPrincipalName",
                "properties.userDisplayName"),
            only(
                "workloads",
                List.of("properties.userId"),
                set("properties.servicePrincipalId"),
                row(
                    "principal.name",
                    TEXT,
                    "properties.servicePrincipalName",
                    "properties.appDisplayName")),
            row("address", TEXT, "properties.ipAddress", "callerIpAddress"),
            row("status", STATUS, "properties.status.errorCode", "resultType"),
            only(
                "sign-ins that failed",
                List.of("properties.status.errorCode", "resultType"),
                row("reason", TEXT, "properties.status.failureReason")),
            mixed(
                "geo.country",
                new Source("properties.location.countryOrRegion", TEXT),
                new Source("location", COUNTRY)),
            row("geo.city", TEXT, "properties.location.city"),
            row("geo.latitude", DECIMAL, "properties.location.geoCoordinates.latitude"),
            row("geo.longitude", DECIMAL, "properties.location.geoCoordinates.longitude"),
            row("geo.asn", STATUS, "properties.autonomousSystemNumber"),
            row("device.id", TEXT, "properties.deviceDetail.deviceId"),
            row("device.managed", FLAG, "properties.deviceDetail.isManaged"),
            row("device.compliant", FLAG, "properties.deviceDetail.isCompliant"),
            row("device.operatingSystem", TEXT, "properties.deviceDetail.operatingSystem"),
            row("device.browser", TEXT, "properties.deviceDetail.browser"),
            row("device.trustType", TEXT, "properties.deviceDetail.trustType"),
            row("singleFactor", SINGLE, "properties.authenticationRequirement"),
            row("token.uti", TOKEN, "properties.uniqueTokenIdentifier"),
            row("token.sid", TEXT, "properties.sessionId"),
            row("token.oid", LOWER, "properties.userId", "properties.servicePrincipalId"),
            row(
                "token.tid",
                LOWER,
                "properties.resourceTenantId",
                "properties.tenantId",
                "tenantId"),
            row("token.appId", LOWER, "properties.appId"),
            row("app", TEXT, "properties.appDisplayName", "properties.resourceDisplayName"),
            row("userAgent", TEXT, "properties.userAgent"),
            row("signIn.resource", TEXT, "properties.resourceDisplayName"),
            row("signIn.resourceId", TEXT, "properties.resourceId"),
            row("signIn.clientApp", TEXT, "properties.clientAppUsed"),
            row("signIn.protocol", TEXT, "properties.authenticationProtocol"),
            row("signIn.incomingToken", TEXT, "properties.incomingTokenType"),
            row("signIn.conditionalAccess", TEXT, "properties.conditionalAccessStatus"),
            row("signIn.crossTenant", TEXT, "properties.crossTenantAccessType"),
            row("signIn.userType", TEXT, "properties.userType"),
            row("signIn.riskLevel", TEXT, "properties.riskLevelDuringSignIn"),
            row("signIn.riskState", TEXT, "properties.riskState"),
            row(
                "signIn.riskEvents",
                FIRST,
                "properties.riskEventTypes_v2",
                "properties.riskEventTypes"),
            row(
                "signIn.sessionBinding",
                TEXT,
                "properties.tokenProtectionStatusDetails.signInSessionStatus"),
            row("signIn.agentType", TEXT, "properties.agent.agentType"),
            row("signIn.policies", POLICY, "properties.appliedConditionalAccessPolicies"),
            row("signIn.credential.type", TEXT, "properties.clientCredentialType"),
            row("signIn.credential.keyId", LOWER, "properties.servicePrincipalCredentialKeyId"),
            row(
                "signIn.credential.thumbprint",
                TEXT,
                "properties.servicePrincipalCredentialThumbprint"),
            row("signIn.credential.federatedId", TEXT, "properties.federatedCredentialId")));
  }

  private static Group calls() {
    String link = "properties.traceRecords[0].message.";
    String headers = "properties.requestHeaders.";
    return new Group(
        "Calls of API Management",
        ActivityKind.API_CALL,
        "",
        List.of("GatewayLogs"),
        Records.CALL.replace(
            "\"properties\":{",
            "\"properties\":{\"traceRecords\":[{\"source\":\"lockstep\",\"message\":{\"v\":1}}],"),
        List.of(
            row("eventId", LOWER, "correlationId"),
            row("eventAt", EARLIER, "time", "timeStamp"),
            row("arrivalAt", EARLIER, "time", "timeStamp"),
            mixed(
                "principal.id",
                new Source(link + "oid", LOWER),
                new Source("properties.apimSubscriptionId", TEXT)),
            mixed(
                "principal.type",
                new Source(link + "oid", USER),
                new Source("properties.apimSubscriptionId", SUBSCRIPTION)),
            row("address", TEXT, "callerIpAddress"),
            row("socketAddress", TEXT, headers + "X-Azure-SocketIP", link + "socketIp"),
            row("forwardedFor", TEXT, headers + "X-Forwarded-For", link + "xff"),
            only(
                "records with such headers",
                List.of(),
                set(headers + "X-Forwarded-For"),
                row("linkSocketAddress", TEXT, link + "socketIp")),
            only(
                "records with such headers",
                List.of(),
                set(headers + "X-Forwarded-For"),
                row("linkForwardedFor", TEXT, link + "xff")),
            row("trackingReference", TEXT, headers + "X-Azure-Ref"),
            row("userAgent", TEXT, headers + "User-Agent", link + "userAgent"),
            row("status", STATUS, "properties.responseCode"),
            row("token.uti", TOKEN, link + "uti"),
            row("token.sid", TEXT, link + "sid"),
            row("token.oid", LOWER, link + "oid"),
            row("token.tid", LOWER, link + "tid"),
            row("token.appId", LOWER, link + "appid", link + "azp"),
            only("", List.of(), set(link + "oid"), row("token.appOnly", APP_ONLY, link + "idtyp")),
            only("", List.of(), set(link + "oid"), row("token.issuedAt", SECONDS, link + "iat")),
            only("", List.of(), set(link + "oid"), row("token.expiresAt", SECONDS, link + "exp")),
            only(
                "",
                List.of(),
                set(link + "oid"),
                row("token.validated", REFUSED, link + "validated")),
            row("api.subscription", TEXT, "properties.apimSubscriptionId"),
            row("api.product", TEXT, "properties.productId"),
            row("api.api", TEXT, "properties.apiId"),
            row("api.operation", TEXT, "properties.operationId"),
            row(
                "api.errorSource",
                TEXT,
                "properties.lastError.source",
                "properties.lastErrorSource"),
            row(
                "api.errorReason",
                TEXT,
                "properties.lastError.reason",
                "properties.lastErrorReason"),
            row("resource", TEXT, "resourceId"),
            row("request.method", TEXT, "properties.method"),
            row("request.host", HOST, "properties.url"),
            row("request.path", PATH, "properties.url"),
            row("request.frontDoorId", TEXT, headers + "X-Azure-FDID"),
            delegated(link, LOWER, "authorizedParty", "azp", "appid"),
            delegated(link, STATUS, "clientAuth", "azpacr", "appidacr"),
            delegated(link, LIST, "actorFacets", "actfct"),
            delegated(link, LIST, "subjectFacets", "subfct"),
            delegated(link, LOWER, "parentApp", "parapp")));
  }

  private static Group links() {
    return new Group(
        "The identity link, a message of its own",
        ActivityKind.IDENTITY_LINK,
        "",
        List.of(),
        Records.LINK,
        List.of(
            row("eventId", LOWER, "correlationId"),
            mixed("eventAt", new Source("time", EARLIER), new Source("iat", SECONDS)),
            mixed("arrivalAt", new Source("time", EARLIER), new Source("iat", SECONDS)),
            row("socketAddress", TEXT, "socketIp"),
            row("forwardedFor", TEXT, "xff"),
            row("userAgent", TEXT, "userAgent"),
            row("token.uti", TOKEN, "uti"),
            row("token.sid", TEXT, "sid"),
            row("token.oid", LOWER, "oid"),
            row("token.tid", LOWER, "tid"),
            row("token.appId", LOWER, "appid"),
            row("token.appOnly", APP_ONLY, "idtyp"),
            row("token.issuedAt", SECONDS, "iat"),
            row("token.expiresAt", SECONDS, "exp"),
            row("token.validated", REFUSED, "validated"),
            delegated("", LOWER, "authorizedParty", "azp", "appid"),
            delegated("", STATUS, "clientAuth", "azpacr", "appidacr"),
            delegated("", LIST, "actorFacets", "actfct"),
            delegated("", LIST, "subjectFacets", "subfct"),
            delegated("", LOWER, "parentApp", "parapp")));
  }

  /** A row of what a link says of a delegation, which the record makes one by another key. */
  private static Row delegated(String link, FieldForm form, String field, String... keys) {
    String[] paths = List.of(keys).stream().map(key -> link + key).toArray(String[]::new);
    Row row = row("token.delegation." + field, form, paths);
    String other = field.equals("parentApp") ? "azp" : "parapp";
    return only("", List.of("+" + link + "oid"), set(link + other), row);
  }

  private static Group graph() {
    String user = "properties.userId";
    String object = "properties.UserPrincipalObjectID";
    String workload = "properties.servicePrincipalId";
    return new Group(
        "Calls of Microsoft Graph",
        ActivityKind.API_CALL,
        "Without `C_Idtyp` the token is an application's if no `userId` is named, and a service principal or nothing else is.",
        List.of("MicrosoftGraphActivityLogs"),
        OtherRecords.GRAPH_CALL,
        List.of(
            row(
                "eventId",
                TEXT,
                "properties.requestId",
                "properties.operationId",
                "correlationId",
                "properties.clientRequestId"),
            row("eventAt", EARLIER, "properties.timeGenerated", "time"),
            row("arrivalAt", LATER, "time", "properties.timeGenerated"),
            row("principal.id", LOWER, user, object, workload, "properties.appId"),
            mixed(
                "principal.type",
                new Source(user, USER),
                new Source(object, USER),
                new Source(workload, WORKLOAD),
                new Source("properties.appId", WORKLOAD)),
            row("address", TEXT, "properties.ipAddress", "callerIpAddress"),
            row("status", STATUS, "properties.responseStatusCode"),
            row("userAgent", TEXT, "properties.userAgent"),
            row("request.method", TEXT, "properties.requestMethod"),
            row("request.host", HOST, "properties.requestUri"),
            row("request.path", PATH, "properties.requestUri"),
            row("device.id", TEXT, "properties.C_DeviceId", "properties.deviceId"),
            row("token.delegation.clientAuth", STATUS, "properties.clientAuthMethod"),
            row("token.uti", TOKEN, "properties.signInActivityId", "properties.uniqueTokenId"),
            row("token.sid", TEXT, "properties.C_Sid", "properties.sessionId"),
            row("token.oid", LOWER, user, object, workload),
            row("token.tid", LOWER, "properties.tenantId", "tenantId"),
            row("token.appId", LOWER, "properties.appId"),
            row("token.appOnly", APP_ONLY, "properties.C_Idtyp"),
            mixed(
                "token.issuedAt",
                new Source("properties.C_Iat", SECONDS),
                new Source("properties.tokenIssuedAt", EARLIER))));
  }

  private static Group edge() {
    return new Group(
        "Requests at Front Door",
        ActivityKind.EDGE_REQUEST,
        "A parent location writes a record of its own (`isReceivedFromClient` is false): its `eventId` ends in `/parent`. Without a tracking reference it is a hash of the request.",
        List.of("FrontDoorAccessLog"),
        OtherRecords.EDGE,
        List.of(
            row("eventId", TEXT, "properties.trackingReference"),
            row("eventAt", EARLIER, "time"),
            row("arrivalAt", EARLIER, "time"),
            row("trackingReference", TEXT, "properties.trackingReference"),
            row("address", TEXT, "properties.clientIp"),
            row("socketAddress", TEXT, "properties.socketIp"),
            row("status", STATUS, "properties.httpStatusCode"),
            row("userAgent", TEXT, "properties.userAgent"),
            row("request.method", TEXT, "properties.httpMethod"),
            mixed(
                "request.host",
                new Source("properties.requestUri", HOST),
                new Source("properties.hostName", HOST_ALONE)),
            row("request.path", PATH, "properties.requestUri")));
  }

  private static Group firewall() {
    return new Group(
        "Front Door's firewall",
        ActivityKind.EDGE_REQUEST,
        "A request has a record for each rule: `eventId` is the tracking reference and a hash of time, rule, policy, action and what matched.",
        List.of("FrontDoorWebApplicationFirewallLog"),
        OtherRecords.FIREWALL,
        List.of(
            row("eventAt", EARLIER, "time"),
            row("arrivalAt", EARLIER, "time"),
            row("trackingReference", TEXT, "properties.trackingReference", "properties.refString"),
            row("address", TEXT, "properties.clientIP"),
            row("socketAddress", TEXT, "properties.socketIP"),
            mixed(
                "request.host",
                new Source("properties.host", HOST_ALONE),
                new Source("properties.requestUri", HOST)),
            row("request.path", PATH, "properties.requestUri"),
            row("request.action", TEXT, "properties.action"),
            row("request.rule", TEXT, "properties.ruleName"),
            row("request.policy", TEXT, "properties.policy"),
            row("request.policyMode", TEXT, "properties.policyMode")));
  }

  static Row row(String field, FieldForm form, String... paths) {
    return new Row(
        field, "", List.of(), List.of(paths).stream().map(p -> new Source(p, form)).toList());
  }

  static Row mixed(String field, Source... sources) {
    return new Row(field, "", List.of(), List.of(sources));
  }

  static Row only(String where, List<String> removed, Row row) {
    return new Row(row.field(), where, removed, row.sources());
  }

  /** A row whose base record has one more value first. */
  static Row only(String where, List<String> removed, String set, Row row) {
    ArrayList<String> edits = new ArrayList<>(removed);
    edits.add(set);
    return new Row(row.field(), where, edits, row.sources());
  }

  /** An edit that gives a path a value, and takes none away. */
  static String set(String path) {
    return "+" + path;
  }
}
