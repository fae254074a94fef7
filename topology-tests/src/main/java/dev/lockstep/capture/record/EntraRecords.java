package dev.lockstep.capture.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/**
 * Generator of JSON log records of Entra, except sign-ins: activations of roles, and risks that
 * Entra finds.
 */
public final class EntraRecords {
  private EntraRecords() {}

  /** Writes the fields with which the records of Entra's logs begin. */
  static void envelope(
      String time, String provider, String operation, String category, JsonGenerator json)
      throws IOException {
    json.writeStringField("time", time);
    json.writeStringField(
        "resourceId", "/tenants/" + SignInRecord.TENANT + "/providers/" + provider);
    json.writeStringField("operationName", operation);
    json.writeStringField("operationVersion", "1.0");
    json.writeStringField("category", category);
    json.writeStringField("tenantId", SignInRecord.TENANT);
    json.writeStringField("resultSignature", "None");
    json.writeNumberField("durationMs", 0);
  }

  /** Writes the user who initiated a change in the directory. */
  static void initiator(Account by, String address, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("user");
    json.writeStringField("id", by.id());
    json.writeStringField("displayName", by.name());
    json.writeStringField("userPrincipalName", by.upn());
    json.writeStringField("ipAddress", address);
    json.writeEndObject();
  }

  /**
   * Returns the audit record of a user's activation of the role Global Reader. It has no time at
   * which the activation ends.
   */
  public static String activation(Account by, String address, Instant at, Dice dice) {
    String id = "PIM_" + dice.guid() + "_" + dice.from(10_000_000, 99_999_999);
    String correlation = dice.guid().toString();
    String operation = "Add member to role completed (PIM activation)";
    return Json.object(
        json -> {
          envelope(Json.ticks(at), "Microsoft.aadiam", operation, "AuditLogs", json);
          json.writeStringField("callerIpAddress", "<null>");
          json.writeStringField("correlationId", correlation);
          json.writeStringField("level", "Informational");
          json.writeObjectFieldStart("properties");
          json.writeStringField("id", id);
          json.writeStringField("category", "RoleManagement");
          json.writeStringField("correlationId", correlation);
          json.writeStringField("result", "success");
          json.writeStringField("resultReason", "Looking after the orders API");
          json.writeStringField("activityDisplayName", operation);
          json.writeStringField("activityDateTime", Json.ticks(at));
          json.writeStringField("loggedByService", "PIM");
          json.writeStringField("operationType", "ActivateRole");
          json.writeObjectFieldStart("initiatedBy");
          initiator(by, address, json);
          json.writeEndObject();
          json.writeArrayFieldStart("targetResources");
          json.writeStartObject();
          json.writeStringField("id", "f2ef992c-3afb-46b9-b7cf-a126ee74c451");
          json.writeStringField("displayName", "Global Reader");
          json.writeStringField("type", "Role");
          json.writeArrayFieldStart("modifiedProperties");
          json.writeStartObject();
          json.writeStringField("displayName", "RoleDefinitionOriginType");
          json.writeStringField("oldValue", "\"\"");
          json.writeStringField("newValue", "\"BuiltInRole\"");
          json.writeEndObject();
          json.writeEndArray();
          json.writeEndObject();
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  /**
   * State of a risk that Entra found, as one log record states it.
   *
   * @param id id of the risk
   * @param lag time from the sign-in to the record
   */
  public record Stated(UUID id, String level, String state, Duration lag) {
    /**
     * Returns the first state of a risk, {@code atRisk}, recorded 140 seconds after the sign-in.
     */
    public static Stated of(UUID id, String level) {
      return new Stated(id, level, "atRisk", Duration.ofSeconds(140));
    }

    /**
     * Returns this risk in a later state.
     *
     * @param state state of the risk from that time on
     * @param lag time from the sign-in to the record
     */
    public Stated later(String state, Duration lag) {
      return new Stated(id, level, state, lag);
    }
  }

  /** Returns the record of a risk that was found in a sign-in. */
  public static String riskEvent(Account of, UUID signIn, String address, Instant at, Dice dice) {
    return riskEvent(Stated.of(dice.guid(), "low"), of, signIn.toString(), address, at, dice);
  }

  /**
   * Returns the record of a sign-in's risk in the given state.
   *
   * @param signIn id of the sign-in, empty if the risk has none
   * @param at time of the record
   */
  public static String riskEvent(
      Stated stated, Account of, String signIn, String address, Instant at, Dice dice) {
    String id = stated.id().toString();
    Instant found = at.minus(stated.lag());
    String correlation = dice.guid().toString();
    return Json.object(
        json -> {
          envelope(
              Json.american(at), "microsoft.aadiam", "User Risk Detection", "UserRiskEvents", json);
          json.writeStringField("callerIpAddress", address);
          json.writeStringField("correlationId", correlation);
          json.writeStringField("identity", of.name().toLowerCase(Locale.ROOT));
          json.writeNumberField("Level", 4);
          json.writeStringField("location", "de");
          json.writeObjectFieldStart("properties");
          json.writeStringField("id", id);
          Json.optional(json, "requestId", signIn);
          json.writeStringField("correlationId", correlation);
          json.writeStringField("riskType", "unfamiliarFeatures");
          json.writeStringField("riskEventType", "unfamiliarFeatures");
          json.writeStringField("riskState", stated.state());
          json.writeStringField("riskLevel", stated.level());
          json.writeStringField("riskDetail", "none");
          json.writeStringField("source", "IdentityProtection");
          json.writeStringField("detectionTimingType", "realtime");
          json.writeStringField("activity", "signin");
          json.writeStringField("ipAddress", address);
          json.writeStringField("activityDateTime", Json.ticks(found));
          json.writeStringField("detectedDateTime", Json.ticks(found));
          json.writeStringField("lastUpdatedDateTime", Json.ticks(at));
          json.writeStringField("userId", of.id());
          json.writeStringField("userDisplayName", of.name());
          json.writeStringField("userPrincipalName", of.upn());
          json.writeStringField("additionalInfo", "[{\"Key\":\"riskReasons\",\"Value\":[]}]");
          json.writeEndObject();
        });
  }

  /** Returns the record of a user whose risk has changed. */
  public static String riskyUser(Account of, Instant at, Dice dice) {
    String correlation = dice.guid().toString();
    return Json.object(
        json -> {
          envelope(Json.american(at), "microsoft.aadiam", "Risky user", "RiskyUsers", json);
          json.writeStringField("correlationId", correlation);
          json.writeNumberField("Level", 4);
          json.writeObjectFieldStart("properties");
          json.writeStringField("id", of.id());
          json.writeStringField("userDisplayName", of.name());
          json.writeStringField("userPrincipalName", of.upn());
          json.writeStringField("riskLastUpdatedDateTime", Json.ticks(at));
          json.writeStringField("riskState", "atRisk");
          json.writeStringField("riskDetail", "none");
          json.writeStringField("riskLevel", "low");
          json.writeBooleanField("isDeleted", false);
          json.writeBooleanField("isProcessing", false);
          json.writeEndObject();
        });
  }
}
