package dev.lockstep.capture.record;

import java.time.Instant;
import java.util.UUID;

/** Generator of log records of Microsoft Graph calls as JSON, with the token's identifiers. */
public final class GraphRecord {
  private static final String MAIL_APP = "5c1f7b0e-3d2a-4a7c-9b58-6e0d4f1c2a93";

  private GraphRecord() {}

  /** Client of a call: its proof of identity, its session and its device. */
  public record Client(String auth, String session, String device) {
    /** Client without a secret, and without session and device in the record. */
    public static final Client PUBLIC = new Client("0", "", "");
  }

  /**
   * Returns the record of an accepted call by a given client. A workload always proves its identity
   * by a certificate.
   */
  public static String of(
      Account by,
      UUID token,
      String address,
      Instant at,
      Instant issuedAt,
      Client client,
      Dice dice) {
    String request = dice.guid().toString();
    int duration = dice.from(20_000, 400_000);
    return Json.object(
        json -> {
          json.writeStringField("time", Json.ticks(at));
          json.writeStringField(
              "resourceId", "/TENANTS/" + SignInRecord.TENANT + "/PROVIDERS/MICROSOFT.AADIAM");
          json.writeStringField("operationName", "Microsoft Graph Activity");
          json.writeStringField("operationVersion", "v1.0");
          json.writeStringField("category", "MicrosoftGraphActivityLogs");
          json.writeStringField("resultSignature", "200");
          json.writeStringField("durationMs", Integer.toString(duration));
          json.writeStringField("callerIpAddress", address);
          json.writeStringField("correlationId", request);
          json.writeStringField("level", "Informational");
          json.writeStringField("location", "West Europe");
          json.writeObjectFieldStart("properties");
          json.writeStringField("timeGenerated", Json.ticks(at));
          json.writeStringField("requestId", request);
          json.writeStringField("operationId", request);
          json.writeStringField("clientRequestId", request);
          json.writeStringField("apiVersion", "v1.0");
          json.writeStringField("requestMethod", "GET");
          json.writeNumberField("responseStatusCode", 200);
          json.writeNumberField("durationMs", duration);
          json.writeNumberField("responseSizeBytes", 2841);
          json.writeStringField("signInActivityId", TokenIdForms.compact(token));
          json.writeStringField("roles", "");
          json.writeStringField("scopes", "Mail.Read User.Read");
          json.writeStringField("appId", by.workload() ? by.appId() : MAIL_APP);
          json.writeStringField("UserPrincipalObjectID", by.id());
          json.writeStringField("userId", by.workload() ? "" : by.id());
          json.writeStringField("servicePrincipalId", by.workload() ? by.id() : "");
          json.writeStringField("identityProvider", "https://sts.windows.net/");
          json.writeStringField("clientAuthMethod", by.workload() ? "2" : client.auth());
          json.writeStringField("wids", "b79fbf4d-3ef9-4689-8143-76b194e85509");
          json.writeStringField("C_Idtyp", by.workload() ? "app" : "user");
          json.writeStringField("C_Iat", Long.toString(issuedAt.getEpochSecond()));
          Json.optional(json, "C_Sid", client.session());
          Json.optional(json, "C_DeviceId", client.device());
          json.writeStringField("ipAddress", address);
          json.writeStringField("userAgent", UserAgents.SERVICE);
          json.writeStringField("requestUri", "https://graph.microsoft.com/v1.0/me/messages");
          json.writeStringField("tokenIssuedAt", Json.ticks(issuedAt));
          json.writeEndObject();
        });
  }
}
