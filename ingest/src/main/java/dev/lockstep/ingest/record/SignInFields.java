package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fields of the properties of a sign-in. */
final class SignInFields {
  private static final int MOST_EVENTS = 16;

  @Nullable String id;
  @Nullable String createdDateTime;
  @Nullable String userId;
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
  final GeoFields geo = new GeoFields();

  void clear() {
    id = null;
    createdDateTime = null;
    userId = null;
    userPrincipalName = null;
    userDisplayName = null;
    userType = null;
    servicePrincipalId = null;
    servicePrincipalName = null;
    appId = null;
    appDisplayName = null;
    resourceDisplayName = null;
    resourceId = null;
    resourceTenantId = null;
    tenantId = null;
    ipAddress = null;
    errorCode = null;
    failureReason = null;
    deviceId = null;
    managed = null;
    compliant = null;
    operatingSystem = null;
    browser = null;
    trustType = null;
    authenticationRequirement = null;
    authenticationProtocol = null;
    incomingTokenType = null;
    clientAppUsed = null;
    conditionalAccessStatus = null;
    crossTenantAccessType = null;
    userAgent = null;
    riskLevel = null;
    riskState = null;
    riskEvents = List.of();
    olderRiskEvents = List.of();
    uniqueTokenIdentifier = null;
    sessionId = null;
    geo.clear();
  }

  /**
   * Reads the value of a key of {@code properties} if it is needed; otherwise returns false and
   * leaves it unread.
   */
  boolean take(Key key, JsonParser json, Key.Table keys, RecordFields record) throws IOException {
    switch (key) {
      case ID -> id = record.ids.last(id, json);
      case CREATED_DATE_TIME ->
          createdDateTime = record.time(createdDateTime, "properties.createdDateTime", json);
      case USER_ID -> userId = record.ids.lastGuid(userId, json);
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
      case STATUS, LOCATION, DEVICE_DETAIL, GEO_COORDINATES -> takeNested(json, keys);
      default -> {
        return takeWords(key, json);
      }
    }
    return true;
  }

  private boolean takeWords(Key key, JsonParser json) throws IOException {
    switch (key) {
      case USER_TYPE -> userType = Scalars.label(userType, json);
      case RESOURCE_DISPLAY_NAME -> resourceDisplayName = Scalars.label(resourceDisplayName, json);
      case RESOURCE_ID -> resourceId = Scalars.label(resourceId, json);
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

  /** Reads the objects status, location and deviceDetail, whose keys do not collide. */
  private void takeNested(JsonParser json, Key.Table keys) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return;
    }
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      Key key = keys.of(name);
      json.nextToken();
      switch (key) {
        case ERROR_CODE -> errorCode = Scalars.first(errorCode, json);
        case FAILURE_REASON -> failureReason = Scalars.label(failureReason, json);
        case GEO_COORDINATES -> takeNested(json, keys);
        case DEVICE_ID -> deviceId = Scalars.first(deviceId, json);
        case IS_MANAGED -> managed = Scalars.first(managed, json);
        case IS_COMPLIANT -> compliant = Scalars.first(compliant, json);
        case OPERATING_SYSTEM -> operatingSystem = Scalars.label(operatingSystem, json);
        case BROWSER -> browser = Scalars.label(browser, json);
        case TRUST_TYPE -> trustType = Scalars.label(trustType, json);
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
