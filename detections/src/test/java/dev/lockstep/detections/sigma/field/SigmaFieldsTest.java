package dev.lockstep.detections.sigma.field;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.RawField;
import dev.lockstep.rules.RawValue;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Change;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigmaFieldsTest {
  private static final SigmaFields FIELDS = SigmaFields.bundled();
  private static final String AT = "2026-11-19T10:00:00Z";

  private static Event event(Activity activity) {
    return new Event(activity, Enrichment.none(), Event.Claims.ABSENT, false, false);
  }

  private static List<String> texts(String service, String name, ActivityBuilder activity) {
    return FIELDS.source(service, name).read(event(activity.build())).values().stream()
        .map(RawValue::text)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "signinlogs,        properties.userAgent,           properties.userAgent",
    "signinlogs,        USERAGENT,                      properties.userAgent",
    "signinlogs,        DeviceDetail.trusttype,         properties.deviceDetail.trusttype",
    "signinlogs,        Location,                       location",
    "signinlogs,        location.city,                  properties.location.city",
    "signinlogs,        LocationDetails.city,           properties.location.city",
    "signinlogs,        principal.id,                   activity:principal.id",
    "signinlogs,        Lockstep.IP.Class,              lockstep.ip.class",
    "signinlogs,        Username,                       properties.userPrincipalName",
    "auditlogs,         TargetResources.ModifiedProperties.NewValue,"
        + " properties.targetResources.ModifiedProperties.NewValue",
    "auditlogs,         additionalDetails.additionalInfo, properties.additionalDetails.additionalInfo",
    "auditlogs,         Category,                       activity:category and properties.category",
    "auditlogs,         ConsentAction.Permissions,"
        + " properties.targetResources.modifiedProperties.ConsentAction.Permissions else"
        + " properties.additionalDetails.ConsentAction.Permissions",
    "activitylogs,      OperationNameValue,             operationName",
    "activitylogs,      properties.message,             operationName",
    "activitylogs,      Claims.appid,                   identity.claims.appid",
    "riskdetection,     riskEventType,                  properties.riskEventType else properties.riskType",
    "gatewaylogs,       requestHeaders.X-Azure-Ref,     properties.requestHeaders.X-Azure-Ref",
    "frontdoor,         clientIP,                       properties.clientIp",
    "keyvault,          identity.claim.appid,           identity.claim.appid",
    "defender,          RemoteIP,                       properties.RemoteIP",
    "pim,               RoleDefinition,                 properties.roleDefinition",
  })
  void namesHaveASource(String service, String name, String source) {
    FieldSource found = FIELDS.source(service, name);
    assertThat(found).hasToString(source);
    assertThat(found.isListed()).isTrue();
  }

  /** An export of alerts or of Microsoft Graph has no such key, and a rule may ask for the log. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "signinlogs",
        "activitylogs",
        "riskdetection",
        "microsoftgraphactivitylogs",
        "gatewaylogs",
        "frontdoor",
        "keyvault",
        "defender",
      })
  void theCategory_isThatOfTheLog_alsoWhereTheRecordDoesNotSayIt(String service) {
    ActivityBuilder signIn = ActivityBuilder.signIn("ada", AT);
    assertThat(texts(service, "category", signIn)).containsExactly(signIn.build().getCategory());
  }

  @ParameterizedTest
  @CsvSource({
    "signinlogs, ActivityDetails, true",
    "signinlogs, properties.message, true",
    "signinlogs, riskEventType, false",
    "pim, riskEventType, true",
    "auditlogs, NoSuchField, false",
    "auditlogs, NoSuch.field, false",
    "gatewaylogs, lockstep.nothing, false",
  })
  void namesWithoutASource_areNeverPresent_andSayWhy(String service, String name, boolean listed) {
    FieldSource source = FIELDS.source(service, name);
    assertThat(source.isFound()).isFalse();
    assertThat(source.isListed()).isEqualTo(listed);
    assertThat(source.missing()).isNotBlank();
    assertThat(source.rawPaths()).isEmpty();
    assertThat(source.read(event(ActivityBuilder.signIn("ada", AT).build())))
        .isEqualTo(RawField.ABSENT);
  }

  @Test
  void aPathInTheRecordThatIsNotListed_isLookedForAllTheSame() {
    FieldSource source = FIELDS.source("signinlogs", "properties.addedLater.id");
    assertThat(source.isFound()).isTrue();
    assertThat(source.isListed()).isFalse();
    assertThat(source.rawPaths()).containsExactly("properties.addedlater.id");
    assertThat(FIELDS.source("signinlogs", "properties.deviceDetail.trustType").isListed())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"properties.Terms and conditions", "properties.all else fails"})
  void theNameOfAField_isNoNotation(String name) {
    FieldSource source = FIELDS.source("auditlogs", name);

    assertThat(source.rawPaths()).containsExactly(name.toLowerCase(Locale.ROOT));
    assertThat(source.isListed()).isFalse();
  }

  @Test
  void keywordsAreEveryValueOfTheRecord() {
    assertThat(FIELDS.source("activitylogs", "").rawPaths()).containsExactly("*");
  }

  @Test
  void statusOfASignIn_isItsResult_andTheTextOfItsStatus() {
    RawValue status =
        new RawValue(RawValue.Kind.OBJECT, "{\"additionalDetails\":\"MFA denied\"}", false);
    assertThat(
            texts(
                "signinlogs",
                "Status",
                ActivityBuilder.signIn("ada", AT)
                    .raw("resultType", "500121")
                    .raw("properties.status.errorCode", 500121)
                    .raw("properties.status", status)))
        .containsExactly("Failure", "{\"additionalDetails\":\"MFA denied\"}");
    assertThat(
            texts(
                "signinlogs",
                "status",
                ActivityBuilder.signIn("ada", AT)
                    .raw("resultType")
                    .raw("properties.status.errorCode", 0)
                    .raw("properties.status")))
        .containsExactly("Success");
  }

  @Test
  void statusOfAnAuditRecord_isItsResultOrTheReason() {
    assertThat(
            texts(
                "auditlogs",
                "Status",
                ActivityBuilder.event(ActivityKind.AUDIT, "AuditLogs", AT)
                    .raw("properties.result", "success")
                    .raw("resultType")
                    .raw("properties.resultReason", "done")))
        .containsExactly("success", "done");
  }

  @Test
  void theFirstOfSeveralSources_isTheOneWithContent() {
    ActivityBuilder audit =
        ActivityBuilder.event(ActivityKind.AUDIT, "AuditLogs", AT)
            .raw("properties.activityDisplayName", "")
            .raw("properties.operationName", (Object) null)
            .raw("operationName", "Add user ");
    assertThat(texts("auditlogs", "ActivityDisplayName", audit)).containsExactly("Add user");
    assertThat(
            texts(
                "activitylogs",
                "ResourceProviderValue",
                ActivityBuilder.event(ActivityKind.AUDIT, "Administrative", AT)
                    .raw("resourceProviderValue")
                    .raw("properties.resourceProviderValue")
                    .raw("properties.resourceProviderName")
                    .raw("operationName", "MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE")))
        .containsExactly("MICROSOFT.COMPUTE");
  }

  @Test
  void aFieldIsNotLookedFor_ifASourceThatCouldDecideWasNot() {
    FieldSource source = FIELDS.source("signinlogs", "ResultType");
    assertThat(source.read(event(ActivityBuilder.signIn("ada", AT).raw("other").build())))
        .isEqualTo(RawField.NOT_LOOKED_FOR);
    assertThat(
            source
                .read(event(ActivityBuilder.signIn("ada", AT).raw("resultType", "0").build()))
                .values())
        .hasSize(1);
    assertThat(source.read(event(ActivityBuilder.signIn("ada", AT).raw("resultType", "").build())))
        .isEqualTo(RawField.NOT_LOOKED_FOR);
  }

  @Test
  void readsTheActivityAndItsEnrichment() {
    ActivityBuilder call =
        ActivityBuilder.call(AT).by("ada").token("t1").from("192.0.2.1").in("NO").asn(64_500);
    assertThat(texts("gatewaylogs", "lockstep.accepted", call)).containsExactly("true");
    assertThat(texts("gatewaylogs", "lockstep.principal.type", call)).containsExactly("user");
    assertThat(texts("gatewaylogs", "lockstep.token.id", call)).containsExactly("t1");
    assertThat(texts("gatewaylogs", "lockstep.ip.prefix", call)).containsExactly("192.0.2.0/24");
    assertThat(texts("gatewaylogs", "lockstep.ip.asn", call)).containsExactly("64500");
    assertThat(texts("gatewaylogs", "lockstep.partner.id", call)).isEmpty();
    assertThat(texts("gatewaylogs", "token.validated", call)).containsExactly("true");
    assertThat(texts("gatewaylogs", "lockstep.accepted", ActivityBuilder.call(AT).refused()))
        .containsExactly("false");
    assertThat(
            texts(
                "auditlogs",
                "lockstep.accepted",
                ActivityBuilder.event(ActivityKind.AUDIT, "AuditLogs", AT)))
        .isEmpty();
  }

  @Test
  void pimIsAPartOfTwoCategories() {
    assertThat(LogSourceScope.PIM.covers(change("AuditLogs", "PIM"))).isTrue();
    assertThat(LogSourceScope.PIM.covers(change("Administrative", "azurerbac"))).isTrue();
    assertThat(LogSourceScope.PIM.covers(change("AuditLogs", "Core Directory"))).isFalse();
    assertThat(LogSourceScope.PIM.covers(change("Administrative", "PIM"))).isFalse();
    assertThat(LogSourceScope.AUDIT.covers(change("AuditLogs", "PIM"))).isTrue();
    assertThat(LogSourceScope.of("Azure", "SignInLogs")).isEqualTo(LogSourceScope.SIGN_IN);
    assertThat(LogSourceScope.of("lockstep", "signinlogs")).isNull();
  }

  private static Event change(String category, String service) {
    Change change = new Change();
    change.setService(service);
    change.setModified(List.of());
    change.setTargets(List.of());
    return event(
        ActivityBuilder.event(ActivityKind.AUDIT, category, AT)
            .with(activity -> activity.setChange(change))
            .build());
  }

  @Test
  void everyRowOfTheTableCanBeResolved() {
    assertThat(FIELDS.rows()).hasSizeGreaterThan(500);
    for (SigmaFields.Row row : FIELDS.rows()) {
      String service = row.service().equals("*") ? "auditlogs" : row.service();
      assertThat(FIELDS.source(service, row.name()).isListed()).as(row.toString()).isTrue();
      assertThat(row.known()).as(row.toString()).isNotBlank();
    }
  }
}
