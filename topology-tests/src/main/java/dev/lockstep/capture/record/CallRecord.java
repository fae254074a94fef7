package dev.lockstep.capture.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/**
 * Generator of log records of gateway calls as JSON, with the identity link in the record's trace
 * or as a message of its own.
 */
public final class CallRecord {
  private static final String PORTAL_APP = "7d2a6a4e-0c1b-4b9e-8f52-1a9b3f2c7701";
  private static final List<String> OPERATIONS =
      List.of("list-orders", "get-order", "create-order", "get-stock", "list-shipments");

  private CallRecord() {}

  /**
   * Returns the record of a call. The shape of the trace is random, and so is an operation that is
   * not set.
   */
  public static String of(Call call, UUID correlation, Dice dice) {
    String any = dice.pick(OPERATIONS);
    String operation = call.operation.isEmpty() ? any : call.operation;
    int backend = dice.from(14, 220);
    int answer = dice.from(240, 9800);
    int shape = dice.below(4);
    Link trace = call.trace;
    String link = trace == null ? "" : link(call, trace, correlation, false);
    return Json.object(
        json -> {
          json.writeNumberField("Level", 4);
          json.writeBooleanField("isRequestSuccess", call.status < 400);
          json.writeStringField("time", Json.ticks(call.at));
          json.writeStringField("operationName", "Microsoft.ApiManagement/GatewayLogs");
          json.writeStringField("category", "GatewayLogs");
          json.writeNumberField("durationMs", backend + 6);
          json.writeStringField("callerIpAddress", call.peer);
          json.writeStringField("correlationId", correlation.toString());
          json.writeStringField("location", "West Europe");
          json.writeStringField("resourceId", call.gateway.resource());
          json.writeObjectFieldStart("properties");
          properties(call, operation, backend, answer, json);
          headers(call, json);
          if (trace != null) {
            trace(call, link, shape, json);
          }
          json.writeEndObject();
        });
  }

  /** Returns the identity link as a message of its own. */
  public static String message(Call call, Link link, UUID correlation) {
    return link(call, link, correlation, call.messageHasTime);
  }

  private static void properties(
      Call call, String operation, int backend, int answer, JsonGenerator json) throws IOException {
    boolean refused = (call.status >= 400 && call.status < 500) || !call.coded;
    String method = "create-order".equals(operation) ? "POST" : "GET";
    json.writeStringField("method", method);
    json.writeStringField("url", "https://" + call.gateway.host() + "/orders/v2/" + operation);
    if (!refused) {
      json.writeNumberField("backendResponseCode", call.status);
    }
    if (call.coded) {
      json.writeNumberField("responseCode", call.status);
    }
    json.writeNumberField("responseSize", answer);
    json.writeStringField("cache", "none");
    if (!refused) {
      json.writeNumberField("backendTime", backend);
    }
    json.writeNumberField("clientTime", 3);
    json.writeNumberField("requestSize", 611);
    if (call.ofAnApi) {
      json.writeStringField("apiId", "northwind-orders");
      json.writeStringField("operationId", operation);
    }
    Json.optional(json, "productId", call.product);
    Json.optional(json, "apimSubscriptionId", call.subscription);
    json.writeStringField("clientProtocol", "HTTP/1.1");
    json.writeStringField("clientTlsVersion", "1.3");
    json.writeStringField("apiRevision", "4");
    if (refused) {
      json.writeObjectFieldStart("lastError");
      json.writeNumberField("elapsed", 2);
      json.writeStringField("source", source(call));
      json.writeStringField("scope", "api");
      json.writeStringField("section", "inbound");
      json.writeStringField("reason", call.status == 429 ? "RateLimitExceeded" : "TokenRefused");
      json.writeStringField("message", "The request was refused before it reached the backend.");
      json.writeEndObject();
    } else {
      json.writeStringField("backendProtocol", "HTTP/1.1");
      json.writeStringField("backendId", "orders-backend");
      json.writeStringField("backendMethod", method);
      json.writeStringField("backendUrl", "https://orders.internal.northwindtraders.example/");
    }
  }

  private static String source(Call call) {
    return call.errorSource.isEmpty()
        ? call.status == 429 ? "rate-limit" : "validate-jwt"
        : call.errorSource;
  }

  private static void headers(Call call, JsonGenerator json) throws IOException {
    if (call.socketAddress.isEmpty()
        && call.forwardedFor.isEmpty()
        && call.reference.isEmpty()
        && call.frontDoorId.isEmpty()) {
      return;
    }
    json.writeObjectFieldStart("requestHeaders");
    Json.optional(json, "X-Azure-SocketIP", call.socketAddress);
    Json.optional(json, "X-Forwarded-For", call.forwardedFor);
    Json.optional(json, "X-Azure-Ref", call.reference);
    Json.optional(json, "X-Azure-FDID", call.frontDoorId);
    json.writeStringField("User-Agent", UserAgents.SERVICE);
    json.writeEndObject();
  }

  private static void trace(Call call, String link, int shape, JsonGenerator json)
      throws IOException {
    if (shape == 3) {
      json.writeStringField("traceRecords", "[{\"source\":\"lockstep\",\"message\":" + link + "}]");
      return;
    }
    json.writeArrayFieldStart("traceRecords");
    if (shape == 1) {
      json.writeStartObject();
      json.writeStringField("source", "request-quota");
      json.writeStringField("message", "within quota");
      json.writeEndObject();
    }
    json.writeStartObject();
    json.writeStringField("timestamp", Json.ticks(call.at));
    json.writeStringField("source", "lockstep");
    json.writeStringField("severity", "information");
    if (shape == 2) {
      json.writeFieldName("data");
      json.writeRawValue(link);
    } else {
      json.writeStringField("message", link);
    }
    json.writeEndObject();
    json.writeEndArray();
  }

  private static String link(Call call, Link link, UUID correlation, boolean time) {
    Account account = link.account;
    return Json.object(
        json -> {
          json.writeNumberField("v", 1);
          json.writeStringField("correlationId", correlation.toString());
          json.writeStringField("uti", link.token == null ? "" : TokenIdForms.compact(link.token));
          json.writeStringField("oid", account.id());
          json.writeStringField("tid", SignInRecord.TENANT);
          json.writeStringField("appid", account.workload() ? account.appId() : PORTAL_APP);
          if (link.hasKind) {
            json.writeStringField("idtyp", account.workload() ? "app" : "user");
          }
          json.writeNumberField("iat", link.issuedAt.getEpochSecond());
          if (link.expiresAt != null) {
            json.writeNumberField("exp", link.expiresAt.getEpochSecond());
          }
          Json.optional(json, "sid", link.session);
          Json.optional(json, "azp", link.clientAuth.isEmpty() ? "" : PORTAL_APP);
          Json.optional(json, "azpacr", link.clientAuth);
          Json.optional(json, "actfct", link.actorFacets);
          Json.optional(json, "subfct", link.subjectFacets);
          Json.optional(json, "socketIp", link.socketAddress);
          Json.optional(json, "xff", link.forwardedFor);
          json.writeStringField("userAgent", UserAgents.SERVICE);
          if (!link.validated) {
            json.writeBooleanField("validated", false);
          }
          if (time) {
            json.writeStringField("time", Json.ticks(call.at.plus(call.messageAfter)));
          }
        });
  }
}
