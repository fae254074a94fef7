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
import dev.lockstep.schemas.RecordGeo;
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
    return ActivityMapper.judged(activity, slice);
  }

  private static void describe(Activity activity, RecordFields f, SignInFields signIn) {
    Principal principal = principal(signIn);
    if (principal != null) {
      activity.setPrincipal(principal);
    }
    String address = signIn.ipAddress != null ? signIn.ipAddress : f.callerIpAddress;
    if (address != null) {
      activity.setAddress(address);
    }
    int status = status(f, signIn);
    activity.setStatus(status);
    if (status != 0 && signIn.failureReason != null) {
      activity.setReason(signIn.failureReason);
    }
    RecordGeo geo = signIn.geo.geo(f.location != null && isCountry(f.location) ? f.location : null);
    if (geo != null) {
      activity.setGeo(geo);
    }
    Device device = device(signIn);
    if (device != null) {
      activity.setDevice(device);
    }
    activity.setSingleFactor(
        "singleFactorAuthentication".equalsIgnoreCase(signIn.authenticationRequirement));
    Token token = token(f, signIn);
    if (token != null) {
      activity.setToken(token);
    }
    String app = signIn.appDisplayName != null ? signIn.appDisplayName : signIn.resourceDisplayName;
    if (app != null) {
      activity.setApp(app);
    }
    if (signIn.userAgent != null) {
      activity.setUserAgent(signIn.userAgent);
    }
  }

  private static SignIn words(SignInFields f) {
    SignIn words = new SignIn();
    if (f.resourceDisplayName != null) {
      words.setResource(f.resourceDisplayName);
    }
    if (f.resourceId != null) {
      words.setResourceId(f.resourceId);
    }
    if (f.clientAppUsed != null) {
      words.setClientApp(f.clientAppUsed);
    }
    if (f.authenticationProtocol != null) {
      words.setProtocol(f.authenticationProtocol);
    }
    if (f.incomingTokenType != null) {
      words.setIncomingToken(f.incomingTokenType);
    }
    if (f.conditionalAccessStatus != null) {
      words.setConditionalAccess(f.conditionalAccessStatus);
    }
    if (f.crossTenantAccessType != null) {
      words.setCrossTenant(f.crossTenantAccessType);
    }
    if (f.userType != null) {
      words.setUserType(f.userType);
    }
    if (f.riskLevel != null) {
      words.setRiskLevel(f.riskLevel);
    }
    if (f.riskState != null) {
      words.setRiskState(f.riskState);
    }
    List<String> events = f.riskEvents.isEmpty() ? f.olderRiskEvents : f.riskEvents;
    words.setRiskEvents(events);
    if (f.sessionBinding != null) {
      words.setSessionBinding(f.sessionBinding);
    }
    if (f.agentType != null) {
      words.setAgentType(f.agentType);
    }
    words.setPolicies(f.policies);
    Credential credential = credential(f);
    if (credential != null) {
      words.setCredential(credential);
    }
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
    if (f.credentialType != null) {
      credential.setType(f.credentialType);
    }
    if (f.credentialKeyId != null) {
      credential.setKeyId(Scalars.lower(f.credentialKeyId));
    }
    if (f.credentialThumbprint != null) {
      credential.setThumbprint(f.credentialThumbprint);
    }
    if (f.federatedCredentialId != null) {
      credential.setFederatedId(f.federatedCredentialId);
    }
    return credential;
  }

  private static @Nullable Principal principal(SignInFields f) {
    if (f.userId != null) {
      String name = f.userPrincipalName != null ? f.userPrincipalName : f.userDisplayName;
      return ActivityMapper.principal(f.userId, name, "user");
    }
    if (f.servicePrincipalId != null) {
      String name = f.servicePrincipalName != null ? f.servicePrincipalName : f.appDisplayName;
      return ActivityMapper.principal(f.servicePrincipalId, name, "workload");
    }
    // Unknown users share the zero GUID, and must not look like one user in many places.
    return f.stranger || f.appId == null
        ? null
        : ActivityMapper.principal(f.appId, f.appDisplayName, "workload");
  }

  private static int status(RecordFields f, SignInFields signIn) {
    long code = Scalars.whole(signIn.errorCode, Integer.MAX_VALUE, -1);
    return (int) (code >= 0 ? code : Scalars.whole(f.resultType, Integer.MAX_VALUE, -1));
  }

  /**
   * Returns whether a location is a country code of two letters. A gateway's location is the
   * display name of a region.
   */
  private static boolean isCountry(String text) {
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
    if (f.deviceId != null) {
      device.setId(f.deviceId);
    }
    device.setManaged(Scalars.isTrue(f.managed));
    device.setCompliant(Scalars.isTrue(f.compliant));
    if (f.operatingSystem != null) {
      device.setOperatingSystem(f.operatingSystem);
    }
    if (f.browser != null) {
      device.setBrowser(f.browser);
    }
    if (f.trustType != null) {
      device.setTrustType(f.trustType);
    }
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
    if (uti != null) {
      token.setUti(uti);
    }
    if (f.sessionId != null) {
      token.setSid(f.sessionId);
    }
    if (oid != null) {
      token.setOid(oid);
    }
    if (tid != null) {
      token.setTid(tid);
    }
    if (f.appId != null) {
      token.setAppId(f.appId);
    }
    token.setValidated(true);
    return token;
  }
}
