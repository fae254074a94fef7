package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.json.JsonWalker;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.json.MultiValueText;
import dev.lockstep.ingest.outcome.Flaw;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.text.Guid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fields that are read from the object {@code properties} in the record of a sign-in. */
final class SignInFields {
  private static final int MOST_EVENTS = 16;
  private static final int MOST_POLICIES = 16;

  @Nullable String id;
  @Nullable String createdDateTime;
  @Nullable String userId;

  /** True if the user's id is the zero GUID. Entra writes it for an unknown user. */
  boolean stranger;

  @Nullable String userPrincipalName;
  @Nullable String userDisplayName;
  @Nullable String userType;
  @Nullable String servicePrincipalId;
  @Nullable String servicePrincipalName;
  @Nullable String appId;
  @Nullable String appDisplayName;
  @Nullable String resourceDisplayName;
  @Nullable String resourceId;
  @Nullable String resourceTenantId;
  @Nullable String tenantId;
  @Nullable String ipAddress;
  @Nullable String errorCode;
  @Nullable String failureReason;

  /** True if {@code deviceDetail} has any key, even if all values are empty. */
  boolean device;

  @Nullable String deviceId;
  @Nullable String managed;
  @Nullable String compliant;
  @Nullable String operatingSystem;
  @Nullable String browser;
  @Nullable String trustType;
  @Nullable String authenticationRequirement;
  @Nullable String authenticationProtocol;
  @Nullable String incomingTokenType;
  @Nullable String clientAppUsed;
  @Nullable String conditionalAccessStatus;
  @Nullable String crossTenantAccessType;
  @Nullable String userAgent;
  @Nullable String riskLevel;
  @Nullable String riskState;
  List<String> riskEvents = List.of();
  List<String> olderRiskEvents = List.of();
  @Nullable String uniqueTokenIdentifier;
  @Nullable String sessionId;
  @Nullable String sessionBinding;
  @Nullable String agentType;
  @Nullable String credentialType;
  @Nullable String credentialKeyId;
  @Nullable String credentialThumbprint;
  @Nullable String federatedCredentialId;

  /**
   * Names of the conditional access policies that applied to the sign-in, or ids where names are
   * missing.
   */
  List<String> policies = List.of();

  final GeoFields geo = new GeoFields();
  private final PolicyReader policy;

  SignInFields(PolicyReader policy) {
    this.policy = policy;
  }

  /**
   * Reads the value of a JSON property if sign-ins have that property, and returns whether they do.
   * The value of any other property stays unread.
   */
  boolean take(Key key, JsonParser json, Key.Table keys, JsonWalker walker, RecordFields record)
      throws IOException {
    switch (key) {
      case OTHER -> {
        return false;
      }
      case ID -> id = record.ids.last(id, json);
      case CREATED_DATE_TIME ->
          createdDateTime = record.time(createdDateTime, "properties.createdDateTime", json);
      case USER_ID -> {
        userId = record.ids.lastGuid(userId, json);
        stranger |= userId == null && isOfNobody(json);
      }
      case USER_PRINCIPAL_NAME -> userPrincipalName = Scalars.first(userPrincipalName, json);
      case USER_DISPLAY_NAME -> userDisplayName = Scalars.first(userDisplayName, json);
      case SERVICE_PRINCIPAL_ID ->
          servicePrincipalId = record.ids.lastGuid(servicePrincipalId, json);
      case SERVICE_PRINCIPAL_NAME ->
          servicePrincipalName = Scalars.first(servicePrincipalName, json);
      case APP_ID -> appId = record.ids.lastGuid(appId, json);
      case APP_DISPLAY_NAME -> appDisplayName = Scalars.first(appDisplayName, json);
      case RESOURCE_TENANT_ID -> resourceTenantId = record.ids.lastGuid(resourceTenantId, json);
      case TENANT_ID -> tenantId = record.ids.lastGuid(tenantId, json);
      case IP_ADDRESS -> ipAddress = record.ids.last(ipAddress, json);
      case AUTONOMOUS_SYSTEM_NUMBER -> geo.asn = Scalars.first(geo.asn, json);
      case AUTHENTICATION_REQUIREMENT ->
          authenticationRequirement = Scalars.first(authenticationRequirement, json);
      case UNIQUE_TOKEN_IDENTIFIER ->
          uniqueTokenIdentifier = record.ids.last(uniqueTokenIdentifier, json);
      case SESSION_ID -> sessionId = record.ids.last(sessionId, json);
      case STATUS -> takeNested(json, keys, record.ids, Flaw.BAD_STATUS);
      case LOCATION, GEO_COORDINATES -> takeNested(json, keys, record.ids, Flaw.BAD_LOCATION);
      case DEVICE_DETAIL ->
          record.ids.object(json, walker, this::takeDevice, Flaw.BAD_DEVICE_DETAIL);
      case APPLIED_CONDITIONAL_ACCESS_POLICIES, CONDITIONAL_ACCESS_POLICIES ->
          takePolicies(json, walker, record.ids);
      default -> {
        return takeWords(key, json) || takeProof(key, json, walker, record.ids);
      }
    }
    return true;
  }

  private static boolean isOfNobody(JsonParser json) throws IOException {
    return json.currentToken() == JsonToken.VALUE_STRING
        && Guid.isZero(Scalars.normalisedId(json.getText()));
  }

  private boolean takeProof(Key key, JsonParser json, JsonWalker walker, IdReader ids)
      throws IOException {
    switch (key) {
      case CLIENT_CREDENTIAL_TYPE ->
          credentialType = ids.word(credentialType, json, Flaw.BAD_CREDENTIAL);
      case SERVICE_PRINCIPAL_CREDENTIAL_KEY_ID ->
          credentialKeyId = ids.wordId(credentialKeyId, json, Flaw.BAD_CREDENTIAL);
      case SERVICE_PRINCIPAL_CREDENTIAL_THUMBPRINT ->
          credentialThumbprint = ids.word(credentialThumbprint, json, Flaw.BAD_CREDENTIAL);
      case FEDERATED_CREDENTIAL_ID ->
          federatedCredentialId = ids.wordId(federatedCredentialId, json, Flaw.BAD_CREDENTIAL);
      case TOKEN_PROTECTION_STATUS_DETAILS ->
          ids.object(
              json, walker, (of, value) -> takeSession(of, value, ids), Flaw.BAD_SESSION_STATUS);
      case AGENT ->
          ids.object(json, walker, (of, value) -> takeAgent(of, value, ids), Flaw.BAD_AGENT);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void takeSession(Key key, JsonParser json, IdReader ids) throws IOException {
    if (key == Key.SIGN_IN_SESSION_STATUS) {
      sessionBinding = ids.word(sessionBinding, json, Flaw.BAD_SESSION_STATUS);
    } else {
      json.skipChildren();
    }
  }

  private void takeAgent(Key key, JsonParser json, IdReader ids) throws IOException {
    if (key == Key.AGENT_TYPE) {
      agentType = ids.word(agentType, json, Flaw.BAD_AGENT);
    } else {
      json.skipChildren();
    }
  }

  private void takePolicies(JsonParser json, JsonWalker walker, IdReader ids) throws IOException {
    if (json.currentToken().isStructStart() || MultiValueText.isStructure(json)) {
      walker.objects(json, policy -> takePolicy(policy, walker));
    } else {
      ids.skip(json, Flaw.BAD_POLICIES);
    }
  }

  private void takePolicy(JsonParser json, JsonWalker walker) throws IOException {
    policy.begin();
    walker.members(json, policy);
    String name = policies.size() < MOST_POLICIES ? policy.appliedName() : null;
    if (name != null) {
      policies = policies.isEmpty() ? new ArrayList<>() : policies;
      policies.add(name);
    }
  }

  private void takeDevice(Key key, JsonParser json) throws IOException {
    device = true;
    switch (key) {
      case DEVICE_ID -> deviceId = Scalars.firstId(deviceId, json);
      case IS_MANAGED -> managed = Scalars.first(managed, json);
      case IS_COMPLIANT -> compliant = Scalars.first(compliant, json);
      case OPERATING_SYSTEM -> operatingSystem = Scalars.label(operatingSystem, json);
      case BROWSER -> browser = Scalars.label(browser, json);
      case TRUST_TYPE -> trustType = Scalars.label(trustType, json);
      default -> json.skipChildren();
    }
  }

  private boolean takeWords(Key key, JsonParser json) throws IOException {
    switch (key) {
      case USER_TYPE -> userType = Scalars.label(userType, json);
      case RESOURCE_DISPLAY_NAME -> resourceDisplayName = Scalars.label(resourceDisplayName, json);
      case RESOURCE_ID -> resourceId = Scalars.firstId(resourceId, json);
      case AUTHENTICATION_PROTOCOL ->
          authenticationProtocol = Scalars.label(authenticationProtocol, json);
      case INCOMING_TOKEN_TYPE -> incomingTokenType = Scalars.label(incomingTokenType, json);
      case CLIENT_APP_USED -> clientAppUsed = Scalars.label(clientAppUsed, json);
      case CONDITIONAL_ACCESS_STATUS ->
          conditionalAccessStatus = Scalars.label(conditionalAccessStatus, json);
      case CROSS_TENANT_ACCESS_TYPE ->
          crossTenantAccessType = Scalars.label(crossTenantAccessType, json);
      case USER_AGENT -> userAgent = Scalars.label(userAgent, json);
      case RISK_LEVEL_DURING_SIGN_IN -> riskLevel = Scalars.label(riskLevel, json);
      case RISK_STATE -> riskState = Scalars.label(riskState, json);
      case RISK_EVENT_TYPES_V2 -> riskEvents = words(riskEvents, json);
      case RISK_EVENT_TYPES -> olderRiskEvents = words(olderRiskEvents, json);
      default -> {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads the object {@code status}, {@code location} or {@code geoCoordinates}. No key occurs in
   * two of them. Another value with content is recorded as the flaw.
   */
  private void takeNested(JsonParser json, Key.Table keys, IdReader ids, Flaw flaw)
      throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      ids.skip(json, flaw);
      return;
    }
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      Key key = keys.of(name);
      json.nextToken();
      switch (key) {
        case ERROR_CODE -> errorCode = Scalars.first(errorCode, json);
        case FAILURE_REASON -> failureReason = Scalars.label(failureReason, json);
        case GEO_COORDINATES -> takeNested(json, keys, ids, flaw);
        default -> {
          if (!geo.take(key, json)) {
            json.skipChildren();
          }
        }
      }
    }
  }

  private static List<String> words(List<String> earlier, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      return earlier;
    }
    List<String> words = earlier;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      String word = Scalars.label(null, json);
      if (word != null && words.size() < MOST_EVENTS) {
        words = words.isEmpty() ? new ArrayList<>() : words;
        words.add(word);
      }
    }
    return words;
  }
}
