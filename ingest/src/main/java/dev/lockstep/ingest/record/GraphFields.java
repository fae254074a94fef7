package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Fields of a log record about a call to Microsoft Graph or Azure AD Graph, read from the record's
 * object {@code properties}.
 */
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
  @Nullable String tokenSessionId;
  @Nullable String sessionId;
  @Nullable String tokenType;
  @Nullable String issued;
  @Nullable String tokenIssuedAt;
  @Nullable String tokenDeviceId;
  @Nullable String deviceId;
  // Azure AD Graph's own names
  @Nullable String httpMethod;
  @Nullable String httpStatusCode;
  @Nullable String callerIpAddress;
  @Nullable String issuedAt;
  int clientAuth = -1;

  boolean take(Key key, JsonParser json, RecordFields record) throws IOException {
    switch (key) {
      case REQUEST_ID -> requestId = record.ids.last(requestId, json);
      case OPERATION_ID -> operationId = record.ids.last(operationId, json);
      case CLIENT_REQUEST_ID -> clientRequestId = record.ids.last(clientRequestId, json);
      case TIME_GENERATED ->
          timeGenerated = record.time(timeGenerated, "properties.timeGenerated", json);
      case REQUEST_METHOD -> requestMethod = Scalars.label(requestMethod, json);
      case REQUEST_URI -> requestUri = Scalars.first(requestUri, json);
      case RESPONSE_STATUS_CODE -> responseStatusCode = Scalars.first(responseStatusCode, json);
      case IP_ADDRESS -> ipAddress = record.ids.last(ipAddress, json);
      case USER_AGENT -> userAgent = Scalars.label(userAgent, json);
      case USER_ID -> userId = record.ids.lastGuid(userId, json);
      case USER_PRINCIPAL_OBJECT_ID -> userObjectId = record.ids.lastGuid(userObjectId, json);
      case SERVICE_PRINCIPAL_ID ->
          servicePrincipalId = record.ids.lastGuid(servicePrincipalId, json);
      case APP_ID -> appId = record.ids.lastGuid(appId, json);
      case TENANT_ID -> tenantId = record.ids.lastGuid(tenantId, json);
      case SIGN_IN_ACTIVITY_ID -> signInActivityId = record.ids.last(signInActivityId, json);
      case UNIQUE_TOKEN_ID -> uniqueTokenId = record.ids.last(uniqueTokenId, json);
      case TOKEN_SESSION_ID -> tokenSessionId = record.ids.last(tokenSessionId, json);
      case SESSION_ID -> sessionId = record.ids.last(sessionId, json);
      case TOKEN_TYPE -> tokenType = Scalars.first(tokenType, json);
      case TOKEN_ISSUED -> issued = Scalars.first(issued, json);
      case TOKEN_ISSUED_AT -> tokenIssuedAt = Scalars.first(tokenIssuedAt, json);
      case TOKEN_DEVICE_ID -> tokenDeviceId = Scalars.firstId(tokenDeviceId, json);
      case DEVICE_ID -> deviceId = Scalars.firstId(deviceId, json);
      case HTTP_METHOD -> httpMethod = Scalars.label(httpMethod, json);
      case HTTP_STATUS_CODE -> httpStatusCode = Scalars.first(httpStatusCode, json);
      case CALLER_IP_ADDRESS -> callerIpAddress = record.ids.last(callerIpAddress, json);
      case ISSUED_AT -> issuedAt = Scalars.first(issuedAt, json);
      case CLIENT_AUTH_METHOD -> clientAuth = DelegationFields.number(clientAuth, json, record.ids);
      default -> {
        return false;
      }
    }
    return true;
  }

  @Nullable String method() {
    return requestMethod != null ? requestMethod : httpMethod;
  }

  @Nullable String status() {
    return responseStatusCode != null ? responseStatusCode : httpStatusCode;
  }

  @Nullable String address() {
    return ipAddress != null ? ipAddress : callerIpAddress;
  }

  @Nullable String issued() {
    return tokenIssuedAt != null ? tokenIssuedAt : issuedAt;
  }

  @Nullable String session() {
    return tokenSessionId != null ? tokenSessionId : sessionId;
  }

  @Nullable String device() {
    return tokenDeviceId != null ? tokenDeviceId : deviceId;
  }

  boolean appOnly() {
    return tokenType != null
        ? tokenType.equalsIgnoreCase("app")
        : userId == null && (userObjectId == null || servicePrincipalId != null);
  }
}
