package dev.lockstep.ingest.record;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.ingest.text.TokenIds;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Credential;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.Token;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Mapper of a sign-in's fields to an activity. */
final class SignInMapper {
  private SignInMapper() {}

  static Outcome map(Category category, RecordFields f, Slice slice) {
    SignInFields signIn = f.signIn;
    if (signIn.id == null) {
      return ActivityMapper.noId(slice, category, "properties.id");
    }
    Outcome untimed =
        f.times.read(f, slice, category, "properties.createdDateTime", signIn.createdDateTime);
    if (untimed != null) {
      return untimed;
    }
    Activity activity =
        ActivityMapper.activity(ActivityKind.SIGN_IN, category, signIn.id, slice, f.times);
    describe(activity, f, signIn);
    activity.setSignIn(words(signIn));
    return TimeBounds.judged(activity, slice);
  }

  private static void describe(Activity activity, RecordFields f, SignInFields signIn) {
    activity.setPrincipal(principal(signIn));
    activity.setAddress(signIn.ipAddress != null ? signIn.ipAddress : f.callerIpAddress);
    int status = status(f, signIn);
    activity.setStatus(status);
    if (status != 0 && signIn.failureReason != null) {
      activity.setReason(signIn.failureReason);
    }
    activity.setGeo(
        signIn.geo.geo(f.location != null && isCountry(f.location) ? f.location : null));
    activity.setDevice(device(signIn));
    activity.setSingleFactor(
        "singleFactorAuthentication".equalsIgnoreCase(signIn.authenticationRequirement));
    activity.setToken(token(f, signIn));
    activity.setApp(
        signIn.appDisplayName != null ? signIn.appDisplayName : signIn.resourceDisplayName);
    activity.setUserAgent(signIn.userAgent);
  }

  private static SignIn words(SignInFields f) {
    SignIn words = new SignIn();
    words.setResource(f.resourceDisplayName);
    words.setResourceId(f.resourceId);
    words.setClientApp(f.clientAppUsed);
    words.setProtocol(f.authenticationProtocol);
    words.setIncomingToken(f.incomingTokenType);
    words.setConditionalAccess(f.conditionalAccessStatus);
    words.setCrossTenant(f.crossTenantAccessType);
    words.setUserType(f.userType);
    words.setRiskLevel(f.riskLevel);
    words.setRiskState(f.riskState);
    List<String> events = f.riskEvents.isEmpty() ? f.olderRiskEvents : f.riskEvents;
    words.setRiskEvents(events);
    words.setSessionBinding(f.sessionBinding);
    words.setAgentType(f.agentType);
    words.setPolicies(f.policies);
    words.setCredential(credential(f));
    return words;
  }

  private static @Nullable Credential credential(SignInFields f) {
    if (f.credentialType == null
        && f.credentialKeyId == null
        && f.credentialThumbprint == null
        && f.federatedCredentialId == null) {
      return null;
    }
    Credential credential = new Credential();
    credential.setType(f.credentialType);
    if (f.credentialKeyId != null) {
      credential.setKeyId(Scalars.lower(f.credentialKeyId));
    }
    credential.setThumbprint(f.credentialThumbprint);
    credential.setFederatedId(f.federatedCredentialId);
    return credential;
  }

  private static @Nullable Principal principal(SignInFields f) {
    if (f.userId != null) {
      String name = f.userPrincipalName != null ? f.userPrincipalName : f.userDisplayName;
      return ActivityMapper.principal(f.userId, name, PrincipalTypes.USER);
    }
    String name = f.servicePrincipalName != null ? f.servicePrincipalName : f.appDisplayName;
    if (f.servicePrincipalId != null) {
      return ActivityMapper.principal(f.servicePrincipalId, name, PrincipalTypes.WORKLOAD);
    }
    // Unknown users share the zero GUID, and must not look like one user in many places.
    return f.stranger || f.appId == null
        ? null
        : ActivityMapper.principal(f.appId, name, PrincipalTypes.WORKLOAD);
  }

  private static int status(RecordFields f, SignInFields signIn) {
    long code = Scalars.whole(signIn.errorCode, Integer.MAX_VALUE, -1);
    return (int) (code >= 0 ? code : Scalars.whole(f.resultType, Integer.MAX_VALUE, -1));
  }

  private static boolean isCountry(String text) {
    // A gateway's location is the display name of a region.
    return text.length() == 2 && isLetter(text.charAt(0)) && isLetter(text.charAt(1));
  }

  private static boolean isLetter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  private static @Nullable Device device(SignInFields f) {
    if (!f.device) {
      return null;
    }
    Device device = new Device();
    device.setId(f.deviceId);
    device.setManaged(Scalars.isTrue(f.managed));
    device.setCompliant(Scalars.isTrue(f.compliant));
    device.setOperatingSystem(f.operatingSystem);
    device.setBrowser(f.browser);
    device.setTrustType(f.trustType);
    return device;
  }

  private static @Nullable Token token(RecordFields record, SignInFields f) {
    String tid = f.resourceTenantId != null ? f.resourceTenantId : f.tenantId;
    tid = tid != null ? tid : record.tenantId;
    String oid = f.userId != null ? f.userId : f.servicePrincipalId;
    String uti = TokenIds.known(f.uniqueTokenIdentifier);
    if (uti == null && f.sessionId == null && oid == null && tid == null && f.appId == null) {
      return null;
    }
    Token token = new Token();
    token.setUti(uti);
    token.setSid(f.sessionId);
    token.setOid(oid);
    token.setTid(tid);
    token.setAppId(f.appId);
    token.setValidated(true);
    return token;
  }
}
