package dev.lockstep.capture.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Generator of sign-in records as JSON, as diagnostic settings send them to a hub. */
public final class SignInRecord {
  static final String TENANT = "5c1d7f0e-2f7a-4a0b-9d43-6f0e9a3b8c21";

  private static final List<String> APPS =
      List.of("Northwind Portal", "Office 365 Exchange Online", "Microsoft Teams", "Azure Portal");
  private static final List<String> APP_IDS =
      List.of(
          "7d2a6a4e-0c1b-4b9e-8f52-1a9b3f2c7701",
          "7d2a6a4e-0c1b-4b9e-8f52-1a9b3f2c7702",
          "7d2a6a4e-0c1b-4b9e-8f52-1a9b3f2c7703",
          "7d2a6a4e-0c1b-4b9e-8f52-1a9b3f2c7704");
  private static final String[][] POLICIES = {
    {"0b8a51c6-3a52-4f7e-a1f5-5d1d1b7f1001", "Require MFA for everyone", "Mfa"},
    {"0b8a51c6-3a52-4f7e-a1f5-5d1d1b7f1002", "Block sign-ins with old protocols", "Block"},
    {"0b8a51c6-3a52-4f7e-a1f5-5d1d1b7f1003", "Compliant device for finance", "RequireCompliant"},
  };

  private SignInRecord() {}

  /**
   * Returns the {@code properties} of a sign-in's record. They are the same for each copy if the
   * dice have the same seed.
   */
  public static String properties(SignIn signIn, Dice dice) {
    int app = signIn.account.workload() ? 0 : dice.below(APPS.size());
    UUID correlation = dice.guid();
    return Json.object(json -> properties(signIn, app, correlation, dice, json));
  }

  /**
   * Returns the whole record of a sign-in, with the given properties and time of arrival at the
   * hub.
   */
  public static String envelope(
      SignIn signIn, String properties, Instant arrival, UUID correlation) {
    return Json.object(
        json -> {
          json.writeStringField(
              "time", signIn.americanTimes ? Json.american(arrival) : Json.ticks(arrival));
          json.writeStringField("resourceId", "/tenants/" + TENANT + "/providers/Microsoft.aadiam");
          json.writeStringField("operationName", "Sign-in activity");
          json.writeStringField("operationVersion", "1.0");
          json.writeStringField("category", signIn.category);
          json.writeStringField("tenantId", TENANT);
          json.writeStringField("resultType", Integer.toString(signIn.errorCode));
          json.writeStringField(
              "resultSignature",
              signIn.oldTokenSpelling ? "None" : signIn.errorCode == 0 ? "SUCCESS" : "FAILURE");
          if (signIn.errorCode != 0) {
            json.writeStringField("resultDescription", failure(signIn.errorCode));
          }
          if (signIn.americanTimes) {
            json.writeStringField("durationMs", "0");
            json.writeStringField("Level", "4");
          } else {
            json.writeNumberField("durationMs", 0);
            json.writeNumberField("Level", 4);
          }
          json.writeStringField("callerIpAddress", signIn.address);
          json.writeStringField("correlationId", correlation.toString());
          json.writeStringField("identity", signIn.account.name());
          Json.optional(json, "location", signIn.site.country());
          json.writeFieldName("properties");
          json.writeRawValue(properties);
        });
  }

  private static String failure(int errorCode) {
    return errorCode == 50126
        ? "The user name or the password is wrong."
        : "The sign-in did not succeed.";
  }

  private static void properties(
      SignIn signIn, int app, UUID correlation, Dice dice, JsonGenerator json) throws IOException {
    Account account = signIn.account;
    boolean workload = account.workload();
    json.writeStringField("id", signIn.token.toString());
    json.writeStringField(
        "createdDateTime", signIn.americanTimes ? Json.american(signIn.at) : Json.ticks(signIn.at));
    json.writeStringField("userDisplayName", workload ? "" : account.name());
    json.writeStringField("userPrincipalName", account.upn());
    json.writeStringField("userId", workload ? "" : account.id());
    json.writeStringField("appId", workload ? account.appId() : APP_IDS.get(app));
    json.writeStringField("appDisplayName", workload ? account.name() : APPS.get(app));
    json.writeStringField("ipAddress", signIn.address);
    status(signIn, json);
    json.writeStringField(
        "clientAppUsed", signIn.interactive ? "Browser" : "Mobile Apps and Desktop clients");
    json.writeStringField("userAgent", workload ? "" : UserAgents.of(signIn.device.system()));
    if (!signIn.withoutDevice) {
      device(signIn, json);
    }
    location(signIn.site, json);
    json.writeStringField("correlationId", correlation.toString());
    json.writeStringField("conditionalAccessStatus", signIn.conditionalAccess);
    policies(signIn, json);
    json.writeStringField("originalRequestId", signIn.token.toString());
    json.writeBooleanField("isInteractive", signIn.interactive);
    json.writeStringField("tokenIssuerType", "AzureAD");
    json.writeArrayFieldStart("authenticationProcessingDetails");
    pair(json, "Is CAE Token", "False");
    json.writeEndArray();
    credential(signIn, json);
    json.writeNumberField("processingTimeInMilliseconds", dice.from(71, 640));
    json.writeStringField("riskDetail", "none");
    json.writeStringField("riskLevelAggregated", signIn.riskLevel);
    json.writeStringField("riskLevelDuringSignIn", signIn.riskLevel);
    json.writeStringField("riskState", signIn.riskState);
    json.writeStringField("resourceDisplayName", "Northwind Orders API");
    json.writeStringField("resourceId", signIn.resource);
    json.writeStringField("resourceTenantId", TENANT);
    details(signIn, json);
    json.writeStringField(
        "authenticationRequirement",
        signIn.singleFactor ? "singleFactorAuthentication" : "multiFactorAuthentication");
    json.writeStringField("servicePrincipalId", workload ? account.id() : "");
    json.writeStringField("userType", workload ? "" : "Member");
    if (signIn.site.asn() != 0) {
      json.writeNumberField("autonomousSystemNumber", signIn.site.asn());
    }
    json.writeStringField("crossTenantAccessType", "none");
    json.writeStringField(
        "uniqueTokenIdentifier",
        signIn.oldTokenSpelling
            ? TokenIdForms.spelledOut(signIn.token)
            : TokenIdForms.compact(signIn.token));
    json.writeStringField("incomingTokenType", signIn.interactive ? "none" : "primaryRefreshToken");
    json.writeStringField("authenticationProtocol", signIn.interactive ? "oAuth2" : "none");
    if (!signIn.oldTokenSpelling && !workload) {
      json.writeStringField(
          "sessionId", signIn.session.isEmpty() ? dice.guid().toString() : signIn.session);
    }
    if (!signIn.binding.isEmpty()) {
      json.writeObjectFieldStart("tokenProtectionStatusDetails");
      json.writeStringField("signInSessionStatus", signIn.binding);
      json.writeEndObject();
    }
    if (!signIn.agentType.isEmpty()) {
      json.writeObjectFieldStart("agent");
      json.writeStringField("agentType", signIn.agentType);
      json.writeEndObject();
    }
    if (signIn.inFull) {
      rest(signIn, json);
    }
  }

  private static void status(SignIn signIn, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("status");
    json.writeNumberField("errorCode", signIn.errorCode);
    if (signIn.errorCode != 0) {
      json.writeStringField("failureReason", failure(signIn.errorCode));
    } else if (!signIn.account.workload()) {
      json.writeStringField(
          "additionalDetails",
          signIn.singleFactor ? "" : "MFA requirement satisfied by claim in the token");
    }
    json.writeEndObject();
  }

  private static void rest(SignIn signIn, JsonGenerator json) throws IOException {
    boolean workload = signIn.account.workload();
    Json.empty(json, "mfaDetail");
    Json.strings(json, "authenticationContextClassReferences");
    json.writeStringField("tokenIssuerName", "");
    Json.strings(json, "networkLocationDetails");
    Json.strings(json, "riskEventTypes");
    Json.strings(json, "riskEventTypes_v2");
    json.writeStringField("homeTenantId", TENANT);
    json.writeStringField("homeTenantName", "");
    json.writeStringField("tenantId", TENANT);
    Json.strings(json, "authenticationRequirementPolicies");
    Json.strings(json, "sessionLifetimePolicies");
    Json.strings(json, "conditionalAccessAudiences");
    json.writeStringField("signInIdentifier", signIn.interactive ? signIn.account.upn() : "");
    json.writeStringField("servicePrincipalName", workload ? signIn.account.name() : "");
    json.writeBooleanField("flaggedForReview", false);
    json.writeBooleanField("isTenantRestricted", false);
    Json.empty(json, "privateLinkDetails");
    json.writeStringField("ssoExtensionVersion", "");
    Json.strings(json, "authenticationStrengths");
    json.writeNullField("appServicePrincipalId");
    json.writeStringField("resourceServicePrincipalId", "7d2a6a4e-0c1b-4b9e-8f52-1a9b3f2c77f1");
    json.writeNumberField("rngcStatus", 0);
    json.writeStringField("signInTokenProtectionStatus", "none");
    if (signIn.binding.isEmpty()) {
      Json.empty(json, "tokenProtectionStatusDetails");
    }
    json.writeStringField("originalTransferMethod", "none");
    json.writeBooleanField("isThroughGlobalSecureAccess", false);
    json.writeStringField("globalSecureAccessIpAddress", "");
  }

  private static void credential(SignIn signIn, JsonGenerator json) throws IOException {
    Json.optional(json, "clientCredentialType", signIn.credential);
    Json.optional(json, "servicePrincipalCredentialKeyId", signIn.keyId);
    Json.optional(json, "servicePrincipalCredentialThumbprint", signIn.thumbprint);
    Json.optional(json, "federatedCredentialId", signIn.federatedId);
  }

  private static void device(SignIn signIn, JsonGenerator json) throws IOException {
    Device device = signIn.device;
    json.writeObjectFieldStart("deviceDetail");
    json.writeStringField("deviceId", device.id());
    json.writeStringField("displayName", device.name());
    json.writeStringField("operatingSystem", device.system());
    json.writeStringField("browser", signIn.browser);
    json.writeBooleanField("isCompliant", device.compliant());
    json.writeBooleanField("isManaged", device.managed());
    json.writeStringField("trustType", device.managed() ? "Azure AD joined" : "");
    json.writeEndObject();
  }

  private static void location(Site site, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("location");
    if (!site.country().isEmpty()) {
      json.writeStringField("city", site.city());
      json.writeStringField("state", "");
      json.writeStringField("countryOrRegion", site.country());
    }
    if (!Double.isNaN(site.latitude())) {
      json.writeObjectFieldStart("geoCoordinates");
      Json.degrees(json, "latitude", site.latitude());
      Json.degrees(json, "longitude", site.longitude());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void policies(SignIn signIn, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("appliedConditionalAccessPolicies");
    for (String[] policy : Arrays.asList(POLICIES).subList(0, signIn.inFull ? 3 : 1)) {
      boolean applies = "Mfa".equals(policy[2]) && !signIn.singleFactor;
      json.writeStartObject();
      json.writeStringField("id", policy[0]);
      json.writeStringField("displayName", policy[1]);
      Json.strings(json, "enforcedGrantControls", policy[2]);
      Json.strings(json, "enforcedSessionControls");
      json.writeStringField("result", applies ? "success" : "notApplied");
      json.writeNumberField("conditionsSatisfied", applies ? 3 : 0);
      json.writeNumberField("conditionsNotSatisfied", applies ? 0 : 16);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void details(SignIn signIn, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("authenticationDetails");
    if (!signIn.account.workload()) {
      step(signIn, json, "Password", "Primary authentication", 0);
      if (signIn.inFull && !signIn.singleFactor) {
        step(signIn, json, "Mobile app notification", "Secondary authentication", 1);
      }
    }
    json.writeEndArray();
  }

  private static void step(
      SignIn signIn, JsonGenerator json, String method, String requirement, int index)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("authenticationStepDateTime", Json.ticks(signIn.at.plusSeconds(index)));
    json.writeStringField(
        "authenticationMethod", signIn.interactive ? method : "Previously satisfied");
    json.writeBooleanField("succeeded", signIn.errorCode == 0);
    json.writeStringField(
        "authenticationStepResultDetail",
        signIn.errorCode == 0 ? "Authentication succeeded" : failure(signIn.errorCode));
    json.writeStringField("authenticationStepRequirement", requirement);
    json.writeNumberField("StatusSequence", index);
    json.writeNumberField("RequestSequence", index);
    json.writeEndObject();
  }

  private static void pair(JsonGenerator json, String key, String value) throws IOException {
    json.writeStartObject();
    json.writeStringField("key", key);
    json.writeStringField("value", value);
    json.writeEndObject();
  }
}
