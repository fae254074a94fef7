package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.ingest.json.JsonWalker;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;

/**
 * Parser of the needed values of a risk detection, or of the risk state of a user, workload or
 * agent, into {@link RiskFields}.
 */
final class RiskParser {
  private final JsonWalker walker;

  RiskParser(JsonWalker walker) {
    this.walker = walker;
  }

  /**
   * Reads the value of a JSON property if records of risks have that property, and returns whether
   * the value was read. The value of any other property stays unread.
   */
  boolean read(Key key, JsonParser json, RecordFields record) throws IOException {
    RiskFields f = record.risk;
    switch (key) {
      case ID -> f.id = record.ids.last(f.id, json);
      case REQUEST_ID -> f.requestId = record.ids.last(f.requestId, json);
      case CORRELATION_ID -> f.correlationId = record.ids.last(f.correlationId, json);
      case RISK_TYPE -> f.riskType = Scalars.label(f.riskType, json);
      case RISK_EVENT_TYPE -> f.riskEventType = Scalars.label(f.riskEventType, json);
      case RISK_LEVEL -> f.riskLevel = Scalars.label(f.riskLevel, json);
      case RISK_STATE -> f.riskState = Scalars.label(f.riskState, json);
      case RISK_DETAIL -> f.riskDetail = Scalars.label(f.riskDetail, json);
      case SOURCE -> f.source = Scalars.label(f.source, json);
      case DETECTION_TIMING_TYPE -> f.timing = Scalars.label(f.timing, json);
      case ACTIVITY -> f.activity = Scalars.label(f.activity, json);
      case IP_ADDRESS -> f.ipAddress = record.ids.last(f.ipAddress, json);
      case USER_ID -> f.userId = record.ids.last(f.userId, json);
      case USER_PRINCIPAL_NAME -> f.userPrincipalName = Scalars.first(f.userPrincipalName, json);
      case USER_DISPLAY_NAME -> f.userDisplayName = Scalars.first(f.userDisplayName, json);
      case ACTIVITY_DATE_TIME ->
          f.activityDateTime = record.time(f.activityDateTime, "properties.activityDateTime", json);
      case DETECTED_DATE_TIME ->
          f.detectedDateTime = record.time(f.detectedDateTime, "properties.detectedDateTime", json);
      case RISK_LAST_UPDATED_DATE_TIME, RISK_LAST_MODIFIED_DATE_TIME ->
          f.updatedDateTime =
              record.time(f.updatedDateTime, "properties.riskLastUpdatedDateTime", json);
      case LOCATION -> walker.object(json, (of, value) -> readPlace(of, value, f));
      case ADDITIONAL_INFO ->
          walker.pairs(
              json,
              Key.KEY,
              Key.VALUE,
              (name, value) -> {
                if (name.equals("useragent") && f.userAgent == null) {
                  f.userAgent = Scalars.label(value);
                }
              });
      default -> {
        return readWorkload(key, json, record);
      }
    }
    return true;
  }

  private static boolean readWorkload(Key key, JsonParser json, RecordFields record)
      throws IOException {
    RiskFields f = record.risk;
    switch (key) {
      case SERVICE_PRINCIPAL_ID ->
          f.servicePrincipalId = record.ids.last(f.servicePrincipalId, json);
      case SERVICE_PRINCIPAL_DISPLAY_NAME, DISPLAY_NAME ->
          f.workloadName = Scalars.first(f.workloadName, json);
      case APP_ID -> f.appId = record.ids.last(f.appId, json);
      case AGENT_ID -> f.agentId = record.ids.last(f.agentId, json);
      case IDENTITY_ID -> f.identityId = record.ids.last(f.identityId, json);
      case SIGN_IN_REQUEST_ID -> f.signInRequestId = record.ids.last(f.signInRequestId, json);
      case SIGN_IN_CORRELATION_ID ->
          f.signInCorrelationId = record.ids.last(f.signInCorrelationId, json);
      case AGENT_DISPLAY_NAME -> f.agentName = Scalars.first(f.agentName, json);
      case IDENTITY_TYPE -> f.identityType = Scalars.first(f.identityType, json);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void readPlace(Key key, JsonParser json, RiskFields f) throws IOException {
    if (key == Key.GEO_COORDINATES) {
      walker.members(json, (of, value) -> readPlace(of, value, f));
    } else if (!f.geo.take(key, json)) {
      json.skipChildren();
    }
  }
}
