package dev.lockstep.capture.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;

/** Generator of Front Door's log records as JSON, in which every number is a string. */
public final class EdgeRecord {
  private static final String PROFILE =
      "/SUBSCRIPTIONS/2E5B8F3A-6C1D-4E7F-8A90-B1C2D3E4F506/RESOURCEGROUPS/NORTHWIND-EDGE/PROVIDERS"
          + "/MICROSOFT.CDN/PROFILES/NORTHWIND-DOOR";
  private static final String HOST = "api.northwindtraders.example";

  private EdgeRecord() {}

  /**
   * Returns Front Door's access record of a request as JSON.
   *
   * @param client client address that the request claims
   * @param peer peer of the connection
   */
  public static String access(String reference, String client, String peer, Instant at, Dice dice) {
    int port = dice.from(20_000, 60_000);
    int bytes = dice.from(300, 9_000);
    return Json.object(
        json -> {
          envelope("FrontDoorAccessLog", "Microsoft.Cdn/Profiles/AccessLog/Write", at, json);
          json.writeObjectFieldStart("properties");
          json.writeStringField("trackingReference", reference);
          json.writeStringField("httpMethod", "GET");
          json.writeStringField("httpVersion", "2.0.0.0");
          json.writeStringField("requestUri", "https://" + HOST + ":443/orders/v2/list-orders");
          json.writeStringField("sni", HOST);
          json.writeStringField("requestBytes", "611");
          json.writeStringField("responseBytes", Integer.toString(bytes));
          json.writeStringField("userAgent", UserAgents.SERVICE);
          json.writeStringField("clientIp", client);
          json.writeStringField("clientPort", Integer.toString(port));
          json.writeStringField("socketIp", peer);
          json.writeStringField("timeToFirstByte", "0.041");
          json.writeStringField("timeTaken", "0.043");
          json.writeStringField("requestProtocol", "HTTPS");
          json.writeStringField("securityProtocol", "TLS 1.3");
          json.writeStringField("routingRuleName", "orders");
          Json.strings(json, "rulesEngineMatchNames");
          json.writeStringField("httpStatusCode", "200");
          json.writeStringField("httpStatusDetails", "200");
          json.writeStringField("pop", "HAM");
          json.writeStringField("cacheStatus", "CONFIG_NOCACHE");
          json.writeStringField("errorInfo", "NoError");
          json.writeStringField("ErrorInfo", "NoError");
          json.writeStringField("endpoint", "northwind.z01.azurefd.example");
          json.writeStringField("hostName", HOST);
          json.writeStringField("originName", "northwind-apim:443");
          json.writeStringField("originIp", "N/A");
          json.writeEndObject();
        });
  }

  /**
   * Match of a request by a rule of Front Door's firewall.
   *
   * @param mode mode of the policy
   */
  public record FirewallMatch(String rule, String action, String mode, String host) {
    private static final FirewallMatch BODY =
        new FirewallMatch("Microsoft_DefaultRuleSet-2.1-General-200002", "Log", "detection", HOST);

    /**
     * Returns the match of a firewall rule that blocked a request to the host of the company's
     * APIs.
     */
    public static FirewallMatch blocking(String rule) {
      return new FirewallMatch("Microsoft_DefaultRuleSet-2.1-" + rule, "Block", "prevention", HOST);
    }

    /** Returns a copy of this match with another action of the firewall rule. */
    public FirewallMatch doing(String other) {
      return new FirewallMatch(rule, other, mode, host);
    }

    /** Returns a copy of this match with another mode of the firewall policy. */
    public FirewallMatch in(String other) {
      return new FirewallMatch(rule, action, other, host);
    }

    /** Returns a copy of this match for a request to another host. */
    public FirewallMatch at(String other) {
      return new FirewallMatch(rule, action, mode, other);
    }
  }

  /** Returns the JSON record of a request that a firewall rule matched and only logged. */
  public static String firewall(
      String reference, String client, String peer, Instant at, Dice dice) {
    return firewall(FirewallMatch.BODY, reference, client, peer, at, dice);
  }

  /** Returns the JSON record of a request that a firewall rule matched. */
  public static String firewall(
      FirewallMatch match, String reference, String client, String peer, Instant at, Dice dice) {
    int port = dice.from(20_000, 60_000);
    return Json.object(
        json -> {
          envelope(
              "FrontDoorWebApplicationFirewallLog",
              "Microsoft.Cdn/Profiles/WebApplicationFirewallLog/Write",
              at,
              json);
          json.writeObjectFieldStart("properties");
          json.writeStringField("clientIP", client);
          json.writeStringField("clientPort", Integer.toString(port));
          json.writeStringField("socketIP", peer);
          json.writeStringField(
              "requestUri",
              match.host().isEmpty()
                  ? "/orders/v2/list-orders"
                  : "https://" + match.host() + ":443/orders/v2/list-orders");
          json.writeStringField("ruleName", match.rule());
          json.writeStringField("policy", "northwindwaf");
          json.writeStringField("action", match.action());
          Json.optional(json, "host", match.host());
          json.writeStringField("trackingReference", reference);
          json.writeStringField("policyMode", match.mode());
          json.writeObjectFieldStart("details");
          json.writeArrayFieldStart("matches");
          json.writeEndArray();
          json.writeStringField("msg", "Failed to parse request body");
          json.writeStringField("data", "");
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  private static void envelope(String category, String operation, Instant at, JsonGenerator json)
      throws IOException {
    json.writeStringField("time", Json.ticks(at));
    json.writeStringField("resourceId", PROFILE);
    json.writeStringField("category", category);
    json.writeStringField("operationName", operation);
  }
}
