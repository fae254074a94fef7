package dev.lockstep.ingest;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What was read of the properties of a call of Microsoft Graph. */
final class GraphFields {
  @Nullable String requestId;
  @Nullable String operationId;
  @Nullable String clientRequestId;
  @Nullable String timeGenerated;
  @Nullable String requestMethod;
  @Nullable String requestUri;
  @Nullable String responseStatusCode;
  @Nullable String ipAddress;
  @Nullable String userAgent;
  @Nullable String userId;
  @Nullable String userObjectId;
  @Nullable String servicePrincipalId;
  @Nullable String appId;
  @Nullable String tenantId;
  @Nullable String signInActivityId;
  @Nullable String uniqueTokenId;
  @Nullable String sessionId;
  @Nullable String tokenType;
  @Nullable String issued;
  @Nullable String tokenIssuedAt;

  void clear() {
    requestId = null;
    operationId = null;
    clientRequestId = null;
    timeGenerated = null;
    requestMethod = null;
    requestUri = null;
    responseStatusCode = null;
    ipAddress = null;
    userAgent = null;
    userId = null;
    userObjectId = null;
    servicePrincipalId = null;
    appId = null;
    tenantId = null;
    signInActivityId = null;
    uniqueTokenId = null;
    sessionId = null;
    tokenType = null;
    issued = null;
    tokenIssuedAt = null;
  }

  /** Reads a value of properties; returns false, the value unread, if it is not needed. */
  boolean take(Key key, JsonParser json, RecordFields record) throws IOException {
    switch (key) {
      case REQUEST_ID -> requestId = Scalars.first(requestId, json);
      case OPERATION_ID -> operationId = Scalars.first(operationId, json);
      case CLIENT_REQUEST_ID -> clientRequestId = Scalars.first(clientRequestId, json);
      case TIME_GENERATED ->
          timeGenerated = record.time(timeGenerated, "properties.timeGenerated", json);
      case REQUEST_METHOD -> requestMethod = Scalars.label(requestMethod, json);
      case REQUEST_URI -> requestUri = Scalars.first(requestUri, json);
      case RESPONSE_STATUS_CODE -> responseStatusCode = Scalars.first(responseStatusCode, json);
      case IP_ADDRESS -> ipAddress = Scalars.first(ipAddress, json);
      case USER_AGENT -> userAgent = Scalars.label(userAgent, json);
      case USER_ID -> userId = Scalars.first(userId, json);
      case USER_PRINCIPAL_OBJECT_ID -> userObjectId = Scalars.first(userObjectId, json);
      case SERVICE_PRINCIPAL_ID -> servicePrincipalId = Scalars.first(servicePrincipalId, json);
      case APP_ID -> appId = Scalars.first(appId, json);
      case TENANT_ID -> tenantId = Scalars.first(tenantId, json);
      case SIGN_IN_ACTIVITY_ID -> signInActivityId = Scalars.first(signInActivityId, json);
      case UNIQUE_TOKEN_ID -> uniqueTokenId = Scalars.first(uniqueTokenId, json);
      case TOKEN_SESSION_ID, SESSION_ID -> sessionId = Scalars.first(sessionId, json);
      case TOKEN_TYPE -> tokenType = Scalars.first(tokenType, json);
      case TOKEN_ISSUED -> issued = Scalars.first(issued, json);
      case TOKEN_ISSUED_AT -> tokenIssuedAt = Scalars.first(tokenIssuedAt, json);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Whether the token is an application's own, of which no user has part. */
  boolean appOnly() {
    return tokenType != null
        ? tokenType.equalsIgnoreCase("app")
        : userId == null && (userObjectId == null || servicePrincipalId != null);
  }
}
