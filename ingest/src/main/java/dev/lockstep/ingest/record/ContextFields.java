package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.ingest.json.JsonWalker;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Fields read from {@code properties} of a record that becomes an activity of kind {@code OTHER},
 * such as a record of {@code GatewayMCPLogs}. The texts of prompts, completions, messages and
 * errors are not among them: they are skipped unread.
 */
final class ContextFields {
  @Nullable String requestId;
  @Nullable String transactionId;
  @Nullable String reportId;
  @Nullable String sequenceNumber;
  @Nullable String correlationId;
  @Nullable String timestamp;
  @Nullable String createdDateTime;

  @Nullable String userId;
  @Nullable String userName;
  @Nullable String accountObjectId;
  @Nullable String accountId;
  @Nullable String accountName;
  @Nullable String accountType;

  @Nullable String address;
  @Nullable String userAgent;
  @Nullable String deviceId;
  @Nullable String operatingSystem;
  final GeoFields geo = new GeoFields();

  @Nullable String sessionId;
  @Nullable String tokenId;
  @Nullable String appId;
  @Nullable String application;

  @Nullable String operation;
  @Nullable String method;
  @Nullable String toolName;
  @Nullable String serverName;
  @Nullable String url;
  @Nullable String host;
  @Nullable String action;
  @Nullable String ruleName;
  @Nullable String policyName;
  @Nullable String errorType;
  @Nullable String errorNumber;
  @Nullable String description;

  boolean take(Key key, JsonParser json, JsonWalker walker, RecordFields record)
      throws IOException {
    return takeIds(key, json, record)
        || takeCaller(key, json, walker, record.ids)
        || takeWords(key, json);
  }

  private boolean takeIds(Key key, JsonParser json, RecordFields record) throws IOException {
    switch (key) {
      case REQUEST_ID -> requestId = record.ids.last(requestId, json);
      case TRANSACTION_ID -> transactionId = record.ids.last(transactionId, json);
      case REPORT_ID -> reportId = record.ids.last(reportId, json);
      case SEQUENCE_NUMBER -> sequenceNumber = Scalars.first(sequenceNumber, json);
      case CORRELATION_ID -> correlationId = record.ids.last(correlationId, json);
      case TIME_STAMP -> timestamp = record.time(timestamp, "properties.Timestamp", json);
      case CREATED_DATE_TIME ->
          createdDateTime = record.time(createdDateTime, "properties.createdDateTime", json);
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean takeCaller(Key key, JsonParser json, JsonWalker walker, IdReader ids)
      throws IOException {
    switch (key) {
      case USER_ID -> userId = ids.last(userId, json);
      case USER_PRINCIPAL_NAME -> userName = Scalars.first(userName, json);
      case ACCOUNT_OBJECT_ID -> accountObjectId = ids.last(accountObjectId, json);
      case ACCOUNT_ID -> accountId = ids.last(accountId, json);
      case ACCOUNT_DISPLAY_NAME -> accountName = Scalars.first(accountName, json);
      case ACCOUNT_TYPE -> accountType = Scalars.first(accountType, json);
      case IP_ADDRESS, SOURCE_IP -> address = ids.last(address, json);
      case USER_AGENT -> userAgent = Scalars.label(userAgent, json);
      case DEVICE_ID -> deviceId = Scalars.firstId(deviceId, json);
      case DEVICE_OPERATING_SYSTEM -> operatingSystem = Scalars.label(operatingSystem, json);
      case COUNTRY_CODE -> geo.country = Scalars.first(geo.country, json);
      case CITY -> geo.city = Scalars.first(geo.city, json);
      case SESSION_ID -> sessionId = ids.last(sessionId, json);
      case UNIQUE_TOKEN_ID, UNIQUE_TOKEN_IDENTIFIER -> tokenId = ids.last(tokenId, json);
      case APP_ID, APPLICATION_ID -> appId = ids.last(appId, json);
      case RAW_EVENT_DATA -> walker.object(json, (of, value) -> takeRaw(of, value, walker, ids));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void takeRaw(Key key, JsonParser json, JsonWalker walker, IdReader ids)
      throws IOException {
    switch (key) {
      case APP_ACCESS_CONTEXT ->
          walker.object(json, (of, value) -> takeRaw(of, value, walker, ids));
      case AAD_SESSION_ID -> sessionId = ids.last(sessionId, json);
      case UNIQUE_TOKEN_ID -> tokenId = ids.last(tokenId, json);
      default -> json.skipChildren();
    }
  }

  private boolean takeWords(Key key, JsonParser json) throws IOException {
    switch (key) {
      case APPLICATION, CLIENT_NAME -> application = Scalars.label(application, json);
      case ACTION_TYPE, REQUEST_TYPE -> operation = Scalars.label(operation, json);
      case METHOD, HTTP_METHOD -> method = Scalars.label(method, json);
      case TOOL_NAME -> toolName = Scalars.label(toolName, json);
      case SERVER_NAME -> serverName = Scalars.label(serverName, json);
      case MCP_SERVER_ENDPOINT, DESTINATION_URL -> url = Scalars.first(url, json);
      case DESTINATION_FQDN -> host = Scalars.label(host, json);
      case ACTION -> action = Scalars.label(action, json);
      case RULE_NAME -> ruleName = Scalars.label(ruleName, json);
      case POLICY_NAME -> policyName = Scalars.label(policyName, json);
      case ERROR_TYPE -> errorType = Scalars.label(errorType, json);
      case ERROR_NUMBER -> errorNumber = Scalars.first(errorNumber, json);
      case RESULT_DESCRIPTION -> description = Scalars.label(description, json);
      default -> {
        return false;
      }
    }
    return true;
  }
}
