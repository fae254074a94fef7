package dev.lockstep.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Takes what is needed of a record from the parser into {@link RecordFields}, and skips the rest.
 */
final class RecordParser {
  private static final int CATEGORY_CHARS = 128;

  private final Key.Table keys;
  private final JsonFactory embedded;
  private final Headers headers;
  private final Traces traces;
  private final AlertParser alerts;

  /**
   * Creates a parser of records.
   *
   * @param embedded for JSON within a text, where some services use single quotes
   */
  RecordParser(Key.Table keys, JsonFactory embedded) {
    this.keys = keys;
    this.embedded = embedded;
    this.headers = new Headers(keys);
    this.traces = new Traces(keys, embedded);
    this.alerts = new AlertParser(keys, embedded);
  }

  /** Reads the value that the parser stands on, of one of the record's own keys. */
  void readTop(Key key, JsonParser json, RecordFields fields) throws IOException {
    switch (key) {
      case CATEGORY -> readCategory(json, fields);
      case TIME -> fields.time = time(fields.time, "time", json, fields);
      case TIME_STAMP, CREATED_DATE_TIME ->
          fields.timeSubstitute = time(fields.timeSubstitute, "time", json, fields);
      case PROPERTIES -> readProperties(json, fields);
      case CALLER_IP_ADDRESS ->
          fields.callerIpAddress = Scalars.first(fields.callerIpAddress, json);
      case CORRELATION_ID -> fields.correlationId = Scalars.first(fields.correlationId, json);
      case RESULT_TYPE -> fields.resultType = Scalars.first(fields.resultType, json);
      case LOCATION -> fields.location = Scalars.first(fields.location, json);
      case TENANT_ID -> fields.tenantId = Scalars.first(fields.tenantId, json);
      case TRACE_RECORDS -> traces.read(json, fields);
      default -> {
        if (!fields.own.take(key, json)
            && !(fields.mayBeOfAlerts() && alerts.readTop(key, json, fields.alert))) {
          json.skipChildren();
        }
      }
    }
  }

  private static void readCategory(JsonParser json, RecordFields fields) throws IOException {
    String text = Scalars.text(json);
    if (!fields.anyCategory && text != null) {
      fields.anyCategory = true;
      fields.categoryText =
          text.length() > CATEGORY_CHARS ? text.substring(0, CATEGORY_CHARS) : text;
      fields.category = Category.of(text);
    }
  }

  private static @Nullable String time(
      @Nullable String earlier, String name, JsonParser json, RecordFields fields)
      throws IOException {
    if (json.currentToken().isStructStart()) {
      if (Scalars.skippedContent(json) && fields.timeMisfit == null) {
        fields.timeMisfit = name;
      }
      return earlier;
    }
    return Scalars.first(earlier, json);
  }

  private void readProperties(JsonParser json, RecordFields fields) throws IOException {
    if (fields.anyCategory && fields.category == null) {
      json.skipChildren();
    } else if (json.currentToken() == JsonToken.START_OBJECT) {
      readPropertiesObject(json, fields);
    } else if (json.currentToken() == JsonToken.VALUE_STRING) {
      readPropertiesText(json, fields);
    } else {
      json.skipChildren();
    }
  }

  private void readPropertiesText(JsonParser json, RecordFields fields) throws IOException {
    if (Scalars.present(json.getText()) == null) {
      return;
    }
    try (JsonParser inner = Embedded.open(embedded, json)) {
      if (inner.nextToken() == JsonToken.START_OBJECT) {
        readPropertiesObject(inner, fields);
      } else {
        fields.propertiesReason = Reason.NOT_JSON;
        fields.propertiesDetail = "properties is a text that holds no JSON object";
      }
    } catch (JsonProcessingException e) {
      fields.propertiesReason = Reason.of(e);
      fields.propertiesDetail =
          "properties, a text, could not be read: " + Quoted.plain(e.getOriginalMessage(), 160);
    }
  }

  private void readPropertiesObject(JsonParser json, RecordFields fields) throws IOException {
    boolean mayBeOfAlerts = fields.mayBeOfAlerts();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      Key key = keys.of(json.currentName());
      json.nextToken();
      if (!readSignIn(key, json, fields)
          && !readCall(key, json, fields)
          && !(mayBeOfAlerts && alerts.readProperty(key, json, fields.alert))) {
        json.skipChildren();
      }
    }
  }

  private boolean readSignIn(Key key, JsonParser json, RecordFields f) throws IOException {
    switch (key) {
      case ID -> f.id = Scalars.first(f.id, json);
      case CREATED_DATE_TIME ->
          f.createdDateTime = time(f.createdDateTime, "properties.createdDateTime", json, f);
      case USER_ID -> f.userId = Scalars.first(f.userId, json);
      case USER_PRINCIPAL_NAME -> f.userPrincipalName = Scalars.first(f.userPrincipalName, json);
      case USER_DISPLAY_NAME -> f.userDisplayName = Scalars.first(f.userDisplayName, json);
      case SERVICE_PRINCIPAL_ID -> f.servicePrincipalId = Scalars.first(f.servicePrincipalId, json);
      case SERVICE_PRINCIPAL_NAME ->
          f.servicePrincipalName = Scalars.first(f.servicePrincipalName, json);
      case APP_ID -> f.appId = Scalars.first(f.appId, json);
      case APP_DISPLAY_NAME -> f.appDisplayName = Scalars.first(f.appDisplayName, json);
      case RESOURCE_DISPLAY_NAME ->
          f.resourceDisplayName = Scalars.first(f.resourceDisplayName, json);
      case RESOURCE_TENANT_ID -> f.resourceTenantId = Scalars.first(f.resourceTenantId, json);
      case TENANT_ID -> f.propertiesTenantId = Scalars.first(f.propertiesTenantId, json);
      case IP_ADDRESS -> f.ipAddress = Scalars.first(f.ipAddress, json);
      case AUTONOMOUS_SYSTEM_NUMBER -> f.asn = Scalars.first(f.asn, json);
      case AUTHENTICATION_REQUIREMENT ->
          f.authenticationRequirement = Scalars.first(f.authenticationRequirement, json);
      case UNIQUE_TOKEN_IDENTIFIER ->
          f.uniqueTokenIdentifier = Scalars.first(f.uniqueTokenIdentifier, json);
      case SESSION_ID -> f.sessionId = Scalars.first(f.sessionId, json);
      case STATUS, LOCATION, DEVICE_DETAIL, GEO_COORDINATES -> readNested(json, f);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Reads status, location and deviceDetail: their keys do not collide. */
  private void readNested(JsonParser json, RecordFields f) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      Key key = keys.of(json.currentName());
      json.nextToken();
      switch (key) {
        case ERROR_CODE -> f.errorCode = Scalars.first(f.errorCode, json);
        case CITY -> f.city = Scalars.first(f.city, json);
        case COUNTRY_OR_REGION -> f.country = Scalars.first(f.country, json);
        case GEO_COORDINATES -> readNested(json, f);
        case LATITUDE -> f.latitude = Scalars.first(f.latitude, json);
        case LONGITUDE -> f.longitude = Scalars.first(f.longitude, json);
        case DEVICE_ID -> f.deviceId = Scalars.first(f.deviceId, json);
        case IS_MANAGED -> f.managed = Scalars.first(f.managed, json);
        case IS_COMPLIANT -> f.compliant = Scalars.first(f.compliant, json);
        default -> json.skipChildren();
      }
    }
  }

  private boolean readCall(Key key, JsonParser json, RecordFields f) throws IOException {
    switch (key) {
      case RESPONSE_CODE -> f.responseCode = Scalars.first(f.responseCode, json);
      case APIM_SUBSCRIPTION_ID -> f.apimSubscriptionId = Scalars.first(f.apimSubscriptionId, json);
      case PRODUCT_ID -> f.productId = Scalars.first(f.productId, json);
      case API_ID -> f.apiId = Scalars.first(f.apiId, json);
      case OPERATION_ID -> f.operationId = Scalars.first(f.operationId, json);
      case METHOD -> f.method = Scalars.first(f.method, json);
      case REQUEST_HEADERS -> readHeaders(json, f);
      case TRACE_RECORDS -> traces.read(json, f);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void readHeaders(JsonParser json, RecordFields f) throws IOException {
    if (json.currentToken().isStructStart()) {
      headers.read(json, f);
    } else if (json.currentToken() == JsonToken.VALUE_STRING) {
      try (JsonParser inner = Embedded.open(embedded, json)) {
        JsonToken token = inner.nextToken();
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
          headers.read(inner, f);
        }
      } catch (JsonProcessingException e) {
        // A text that is no JSON names no header that could be believed.
      }
    }
  }
}
