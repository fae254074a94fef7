package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.record.FieldForm.ACTIVATED;
import static dev.lockstep.ingest.record.FieldForm.ACTIVATED_EVENT;
import static dev.lockstep.ingest.record.FieldForm.ADDRESS;
import static dev.lockstep.ingest.record.FieldForm.APP_ONLY;
import static dev.lockstep.ingest.record.FieldForm.DECIMAL;
import static dev.lockstep.ingest.record.FieldForm.EARLIER;
import static dev.lockstep.ingest.record.FieldForm.HOST;
import static dev.lockstep.ingest.record.FieldForm.LATER;
import static dev.lockstep.ingest.record.FieldForm.LOWER;
import static dev.lockstep.ingest.record.FieldForm.PATH;
import static dev.lockstep.ingest.record.FieldForm.PRESENT;
import static dev.lockstep.ingest.record.FieldForm.SECONDS;
import static dev.lockstep.ingest.record.FieldForm.SECURE_LINK;
import static dev.lockstep.ingest.record.FieldForm.SEVERITY;
import static dev.lockstep.ingest.record.FieldForm.STATUS;
import static dev.lockstep.ingest.record.FieldForm.TEXT;
import static dev.lockstep.ingest.record.FieldForm.TOKEN;
import static dev.lockstep.ingest.record.FieldForm.UPN;
import static dev.lockstep.ingest.record.FieldForm.USER;
import static dev.lockstep.ingest.record.FieldForm.WORKLOAD;
import static dev.lockstep.ingest.record.FieldSources.mixed;
import static dev.lockstep.ingest.record.FieldSources.only;
import static dev.lockstep.ingest.record.FieldSources.row;
import static dev.lockstep.ingest.record.FieldSources.set;

import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.record.FieldSources.Group;
import dev.lockstep.ingest.record.FieldSources.Source;
import dev.lockstep.schemas.ActivityKind;
import java.util.List;

/** {@link FieldSources} of changes, risks, vaults and alerts. */
final class OtherFieldSources {
  private OtherFieldSources() {}

  static Group directory() {
    String by = "properties.initiatedBy.";
    String targets = "properties.targetResources";
    String details = "properties.additionalDetails";
    return new Group(
        "Changes in the directory",
        ActivityKind.AUDIT,
        "A record without an id that is of a resource within a resource group is another service's, and is ignored.",
        List.of("AuditLogs"),
        OtherRecords.AUDIT,
        List.of(
            row("eventId", TEXT, "properties.id"),
            row("eventAt", EARLIER, "properties.activityDateTime", "time"),
            row("arrivalAt", LATER, "time", "properties.activityDateTime"),
            row(
                "principal.id",
                LOWER,
                by + "user.id",
                by + "app.servicePrincipalId",
                by + "app.appId"),
            mixed(
                "principal.type",
                new Source(by + "user.id", USER),
                new Source(by + "app.servicePrincipalId", WORKLOAD),
                new Source(by + "app.appId", WORKLOAD)),
            row("principal.name", TEXT, by + "user.userPrincipalName", by + "user.displayName"),
            only(
                "changes by applications",
                List.of(by + "user"),
                set(by + "app.appId"),
                row("principal.name", TEXT, by + "app.displayName")),
            row("address", TEXT, by + "user.ipAddress", "callerIpAddress"),
            row("app", TEXT, by + "app.displayName"),
            row("userAgent", TEXT, "properties.userAgent", details + "[User-Agent]"),
            row(
                "operation",
                TEXT,
                "properties.activityDisplayName",
                "properties.operationName",
                "operationName"),
            row("resource", TEXT, "resourceId"),
            row(
                "reason",
                TEXT,
                "properties.resultReason",
                details + "[Justification]",
                "properties.resultDescription",
                "resultDescription"),
            row("correlationId", TEXT, "properties.correlationId", "correlationId"),
            row("change.service", TEXT, "properties.loggedByService"),
            row("change.category", TEXT, "properties.category"),
            row("change.type", TEXT, "properties.operationType"),
            row("change.result", TEXT, "properties.result", "resultType"),
            only(
                "changes by somebody without an id",
                List.of(by + "user.id"),
                row(
                    "change.initiator",
                    TEXT,
                    by + "user.userPrincipalName",
                    by + "user.displayName",
                    by + "app.displayName")),
            mixed(
                "change.role",
                new Source(targets + "[0].displayName", TEXT.noted("of a target of type Role")),
                new Source(
                    targets + "[0].modifiedProperties[0].newValue",
                    TEXT.noted("of the property Role.DisplayName"))),
            row("change.roleId", LOWER, details + "[TemplateId]", targets + "[0].id"),
            row("change.activation", ACTIVATED, "properties.activityDisplayName"),
            row("change.startsAt", EARLIER, details + "[StartTime]"),
            row("change.endsAt", EARLIER, details + "[ExpirationTime]"),
            row("change.modified", TEXT, targets + "[0].modifiedProperties[0].displayName"),
            row("change.targets.type", TEXT, targets + "[0].type"),
            row("change.targets.id", LOWER, targets + "[0].id"),
            row(
                "change.targets.name",
                TEXT,
                targets + "[1].userPrincipalName",
                targets + "[1].displayName")));
  }

  static Group roles() {
    String caller = "properties.CallerInfo";
    return new Group(
        "Roles on Azure's resources, by Privileged Identity Management",
        ActivityKind.AUDIT,
        "",
        List.of("Administrative"),
        OtherRecords.ROLE_ON_RESOURCE,
        List.of(
            row("eventId", TEXT, "properties.EventID"),
            row("eventAt", EARLIER, "time"),
            row("arrivalAt", EARLIER, "time"),
            row("principal.id", LOWER, caller + "[ObjectID]"),
            mixed("principal.type", new Source(caller + "[UPN]", USER)),
            row("principal.name", TEXT, caller + "[UPN]", caller + "[Username]"),
            row("address", TEXT, "callerIpAddress"),
            row("operation", TEXT, "operationName"),
            row("resource", TEXT, "resourceId"),
            row("reason", TEXT, "properties.Justification", "resultDescription"),
            row("correlationId", TEXT, "correlationId"),
            row("change.service", TEXT, "properties.ResourceProviderName"),
            row("change.result", TEXT, "resultType"),
            row("change.role", TEXT, "properties.RoleDefinition"),
            row("change.roleId", TEXT, "properties.RoleDefinitionOriginId"),
            row("change.category", TEXT, "properties.EventName"),
            row(
                "change.startsAt",
                EARLIER,
                "properties.StartTime",
                "properties.additionalDetails[StartTime]"),
            row(
                "change.endsAt",
                EARLIER,
                "properties.ExpirationTime",
                "properties.additionalDetails[ExpirationTime]"),
            mixed(
                "change.activation",
                new Source("properties.EventName", ACTIVATED_EVENT),
                new Source("operationName", ACTIVATED)),
            row("change.targets.type", TEXT, "properties.SubjectType"),
            row("change.targets.id", LOWER, "properties.SubjectID"),
            row("change.targets.name", TEXT, "properties.SubjectName")));
  }

  static Group resources() {
    String claims = "identity.claims.";
    String evidence = "identity.authorization.evidence.";
    return new Group(
        "Other changes of Azure's resources",
        ActivityKind.AUDIT,
        "`eventId` is `correlationId` and a hash of time, resource, operation and result, since the steps of an operation share the correlation. A record without it has `properties.eventDataId`, which a hub leaves out.",
        List.of("Administrative"),
        OtherRecords.ADMINISTRATIVE,
        List.of(
            row("eventAt", EARLIER, "time"),
            row("arrivalAt", EARLIER, "time"),
            row(
                "principal.id",
                LOWER,
                claims + "{objectidentifier}",
                claims + "oid",
                evidence + "principalId",
                claims + "appid"),
            row("principal.name", TEXT, claims + "{upn}", claims + "upn", claims + "name"),
            only(
                "",
                List.of(claims + "{upn}", claims + "{scope}"),
                mixed(
                    "principal.type",
                    new Source(claims + "{upn}", USER),
                    new Source(claims + "{scope}", USER),
                    new Source(
                        evidence + "principalType",
                        new FieldForm("\"User\"", "\"ServicePrincipal\"", "user", "`User`")),
                    new Source(claims + "{objectidentifier}", WORKLOAD))),
            row("address", TEXT, "callerIpAddress"),
            row("operation", TEXT, "operationName"),
            row("resource", TEXT, "resourceId"),
            row("reason", TEXT, "resultDescription"),
            row("correlationId", TEXT, "correlationId"),
            row("change.type", TEXT, "identity.authorization.action"),
            row("change.result", TEXT, "resultType"),
            row(
                "change.byUser",
                PRESENT,
                claims + "{upn}",
                claims + "{scope}",
                claims + "upn",
                claims + "scp",
                claims + "scope"),
            row("token.uti", TOKEN, claims + "uti"),
            row("token.sid", TEXT, claims + "sid"),
            row("token.oid", LOWER, claims + "{objectidentifier}", claims + "oid"),
            row("token.tid", LOWER, claims + "{tenantid}", claims + "tid"),
            row("token.appId", LOWER, claims + "appid"),
            row("token.appOnly", APP_ONLY, claims + "idtyp"),
            row("token.issuedAt", SECONDS, claims + "iat"),
            row("token.expiresAt", SECONDS, claims + "exp")));
  }

  static Group risks() {
    String place = "properties.location.";
    return new Group(
        "Risks",
        ActivityKind.RISK,
        "",
        List.of("UserRiskEvents"),
        OtherRecords.RISK,
        List.of(
            mixed(
                "eventId",
                new Source(
                    "properties.id",
                    new FieldForm(
                        "\"probe\"", "\"other\"", "probe/atrisk/high", "with state and level"))),
            row(
                "eventAt",
                EARLIER,
                "properties.activityDateTime",
                "properties.detectedDateTime",
                "time"),
            row("arrivalAt", LATER, "time", "properties.activityDateTime"),
            row("principal.id", LOWER, "properties.userId"),
            mixed("principal.type", new Source("properties.userId", USER)),
            row(
                "principal.name",
                TEXT,
                "properties.userPrincipalName",
                "properties.userDisplayName"),
            row("address", TEXT, "properties.ipAddress", "callerIpAddress"),
            row("geo.country", TEXT, place + "countryOrRegion"),
            row("geo.city", TEXT, place + "city"),
            row("geo.latitude", DECIMAL, place + "geoCoordinates.latitude"),
            row("geo.longitude", DECIMAL, place + "geoCoordinates.longitude"),
            row("userAgent", TEXT, "properties.additionalInfo[userAgent]"),
            row("correlationId", TEXT, "properties.correlationId"),
            row("risk.id", TEXT, "properties.id"),
            row("risk.type", TEXT, "properties.riskEventType", "properties.riskType"),
            row("risk.level", TEXT, "properties.riskLevel"),
            row("risk.state", TEXT, "properties.riskState"),
            row("risk.detail", TEXT, "properties.riskDetail"),
            row("risk.source", TEXT, "properties.source"),
            row("risk.timing", TEXT, "properties.detectionTimingType"),
            row("risk.activity", TEXT, "properties.activity"),
            row("risk.requestId", TOKEN, "properties.requestId")));
  }

  static Group riskyUsers() {
    return new Group(
        "Users at risk",
        ActivityKind.RISK,
        "`eventId` is the user's id and the time of the state, so that each change of state is an event.",
        List.of("RiskyUsers"),
        OtherRecords.RISKY_USER,
        List.of(
            row("eventAt", EARLIER, "properties.riskLastUpdatedDateTime", "time"),
            row("arrivalAt", LATER, "time", "properties.riskLastUpdatedDateTime"),
            row("principal.id", LOWER, "properties.userId", "properties.id"),
            mixed("principal.type", new Source("properties.id", USER)),
            row(
                "principal.name",
                TEXT,
                "properties.userPrincipalName",
                "properties.userDisplayName"),
            row("risk.level", TEXT, "properties.riskLevel"),
            row("risk.state", TEXT, "properties.riskState"),
            row("risk.detail", TEXT, "properties.riskDetail")));
  }

  static Group vaults() {
    String claims = "identity.claim.";
    return new Group(
        "Calls of a key vault",
        ActivityKind.VAULT_CALL,
        "`eventId` is `correlationId`, if the client gave one, and a hash of the call. A record of another service under this category is ignored. A managed HSM has status, client and URI beside its `properties`, and the names of claims in parts; both are read.",
        List.of("AuditEvent"),
        OtherRecords.VAULT,
        List.of(
            row("eventAt", EARLIER, "time"),
            row("arrivalAt", EARLIER, "time"),
            row(
                "principal.id",
                LOWER,
                claims + "oid",
                claims + "{objectidentifier}",
                claims + "appid"),
            mixed(
                "principal.type",
                new Source(claims + "oid", USER),
                new Source(claims + "appid", WORKLOAD)),
            row("principal.name", TEXT, claims + "upn", claims + "{upn}", claims + "unique_name"),
            row("address", TEXT, "callerIpAddress"),
            row("status", STATUS, "properties.httpStatusCode"),
            row("userAgent", TEXT, "properties.clientInfo"),
            row("operation", TEXT, "operationName"),
            mixed(
                "resource",
                new Source(
                    "resourceId",
                    new FieldForm(
                        "\"/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/P\"",
                        "\"x\"",
                        "/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/P",
                        ""))),
            row("reason", TEXT, "resultDescription"),
            row("correlationId", TEXT, "correlationId"),
            row("request.host", HOST, "properties.requestUri", "properties.id"),
            row("request.path", PATH, "properties.requestUri", "properties.id"),
            row("token.oid", LOWER, claims + "oid", claims + "{objectidentifier}"),
            row("token.appId", LOWER, claims + "appid")));
  }

  static Group cloudAlerts() {
    return new Group(
        "Alerts of Defender for Cloud",
        ActivityKind.ALERT,
        "",
        List.of("SecurityAlert"),
        Records.ALERT,
        List.of(
            row("eventId", TEXT, "SystemAlertId"),
            row("eventAt", EARLIER, "StartTimeUtc"),
            row("alert.id", TEXT, "SystemAlertId"),
            row("alert.title", TEXT, "AlertDisplayName", "Title", "AlertName"),
            row("alert.severity", SEVERITY, "Severity", "AlertSeverity"),
            row("alert.product", TEXT, "ServiceSource", "ProductName", "ProviderName"),
            row("alert.link", SECURE_LINK, "AlertUri"),
            row("alert.accounts", LOWER, "Entities[2].AadUserId"),
            only(
                "alerts that name no object id",
                List.of("Entities[2].AadUserId"),
                row("alert.names", UPN, "Entities[2].UserPrincipalName")),
            row("alert.addresses", ADDRESS, "Entities[1].Address")));
  }

  static Group alertInfo() {
    return new Group(
        "Alerts of Defender XDR: the head",
        ActivityKind.ALERT,
        "",
        List.of("AdvancedHunting-AlertInfo"),
        Records.ALERT_INFO,
        List.of(
            row("eventId", TEXT, "properties.AlertId"),
            row("eventAt", EARLIER, "properties.Timestamp"),
            row("arrivalAt", LATER, "time", "properties.Timestamp"),
            row("alert.id", TEXT, "properties.AlertId"),
            row("alert.title", TEXT, "properties.Title"),
            row("alert.severity", SEVERITY, "properties.Severity"),
            row("alert.product", TEXT, "properties.ServiceSource")));
  }

  static Group evidence() {
    return new Group(
        "Alerts of Defender XDR: the evidence",
        ActivityKind.ALERT,
        "`eventId` is the alert's id and the entity.",
        List.of("AdvancedHunting-AlertEvidence"),
        Records.evidence("'EntityType':'User','AccountObjectId':'a-1'"),
        List.of(
            row("eventAt", EARLIER, "properties.Timestamp"),
            row("arrivalAt", LATER, "time", "properties.Timestamp"),
            row("alert.id", TEXT, "properties.AlertId"),
            row("alert.title", TEXT, "properties.Title"),
            row("alert.severity", SEVERITY, "properties.Severity"),
            row("alert.product", TEXT, "properties.ServiceSource"),
            row("alert.accounts", LOWER, "properties.AccountObjectId"),
            only(
                "evidence without an object id",
                List.of("properties.AccountObjectId"),
                row("alert.names", UPN, "properties.AccountUpn")),
            row("alert.addresses", ADDRESS, "properties.RemoteIP")));
  }
}
