package dev.lockstep.sentinel.fake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.sun.net.httpserver.HttpExchange;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Row;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Checked request to the fake Logs Ingestion API: its rows, or the answer that refuses it. The
 * checks are those of the real API.
 */
sealed interface FakeRequest {
  /**
   * Largest size in bytes that the service accepts for a request's body, both compressed and
   * decompressed.
   */
  int MAX_BODY_BYTES = 1_048_576;

  /** Rows of a request that passes the checks. */
  record Accepted(List<Row> rows, int bytes) implements FakeRequest {}

  /** Error answer to a request that fails a check. */
  record Denied(int status, String code, String message) implements FakeRequest {
    byte[] json() {
      return "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}"
          .formatted(code, message.replace("\\", "\\\\").replace("\"", "\\\""))
          .getBytes(StandardCharsets.UTF_8);
    }
  }

  JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  static FakeRequest read(HttpExchange exchange, String ruleId, String stream, int maxBodyBytes)
      throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(maxBodyBytes + 1);
    exchange.getRequestBody().readAllBytes();
    Denied denied = deniedByHead(exchange, ruleId, stream);
    if (denied != null) {
      return denied;
    }
    if (body.length > maxBodyBytes) {
      return tooLarge(maxBodyBytes);
    }
    byte[] json;
    String encoding = header(exchange, "Content-Encoding");
    if (encoding.isEmpty() || encoding.equalsIgnoreCase("identity")) {
      json = body;
    } else if (encoding.equalsIgnoreCase("gzip")) {
      try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
        json = in.readNBytes(maxBodyBytes + 1);
      } catch (ZipException | EOFException e) {
        return new Denied(400, "InvalidRequestBody", "The body is not gzip.");
      }
    } else {
      return new Denied(415, "UnsupportedMediaType", "Content-Encoding must be gzip.");
    }
    if (json.length > maxBodyBytes) {
      return tooLarge(maxBodyBytes);
    }
    try {
      return rows(json);
    } catch (JsonParseException e) {
      return new Denied(400, "InvalidRequestBody", "The body is not JSON.");
    }
  }

  private static @Nullable Denied deniedByHead(
      HttpExchange exchange, String ruleId, String stream) {
    String path = exchange.getRequestURI().getRawPath();
    String rulePath = "/dataCollectionRules/" + ruleId + "/streams/";
    if (!path.startsWith("/dataCollectionRules/") || !path.contains("/streams/")) {
      return new Denied(404, "NotFound", "No such resource.");
    }
    if (!exchange.getRequestMethod().equals("POST")) {
      return new Denied(405, "MethodNotAllowed", "Only POST is allowed.");
    }
    String query = exchange.getRequestURI().getRawQuery();
    if (query == null || !query.equals("api-version=2023-01-01")) {
      return new Denied(400, "InvalidApiVersion", "The api-version is missing or not supported.");
    }
    String authorization = header(exchange, "Authorization");
    if (!authorization.startsWith("Bearer ") || authorization.length() == "Bearer ".length()) {
      return new Denied(401, "InvalidToken", "The bearer token is missing.");
    }
    if (!path.startsWith(rulePath)) {
      return new Denied(404, "NotFound", "Data collection rule not found.");
    }
    if (!path.equals(rulePath + stream)) {
      return new Denied(404, "InvalidStream", "The rule has no such stream.");
    }
    String type = header(exchange, "Content-Type").toLowerCase(Locale.ROOT);
    if (!type.equals("application/json") && !type.startsWith("application/json;")) {
      return new Denied(415, "UnsupportedMediaType", "Content-Type must be application/json.");
    }
    return null;
  }

  private static FakeRequest rows(byte[] body) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_ARRAY) {
        return new Denied(400, "InvalidRequestBody", "The body is not a JSON array.");
      }
      while (json.nextToken() != JsonToken.END_ARRAY) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
          return new Denied(400, "InvalidRecord", "An element of the array is not an object.");
        }
        int from = (int) json.currentTokenLocation().getByteOffset();
        String detectionId = "";
        int revision = 0;
        Instant timeGenerated = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String column = json.currentName();
          JsonToken value = json.nextToken();
          if (column.equals("DetectionId") && value == JsonToken.VALUE_STRING) {
            detectionId = json.getText();
          } else if (column.equals("Revision") && value == JsonToken.VALUE_NUMBER_INT) {
            revision = json.getIntValue();
          } else if (column.equals("TimeGenerated") && value == JsonToken.VALUE_STRING) {
            timeGenerated = instant(json.getText());
          }
          json.skipChildren();
        }
        if (timeGenerated == null) {
          return new Denied(400, "InvalidRecord", "A record has no valid TimeGenerated.");
        }
        int to = (int) json.currentLocation().getByteOffset();
        String text = new String(body, from, to - from, StandardCharsets.UTF_8);
        rows.add(new Row(detectionId, revision, timeGenerated, text));
      }
      if (json.nextToken() != null) {
        return new Denied(400, "InvalidRequestBody", "Something follows the JSON array.");
      }
    }
    return new Accepted(rows, body.length);
  }

  private static @Nullable Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Denied tooLarge(int maxBodyBytes) {
    return new Denied(
        413, "ContentLengthLimitExceeded", "The limit is " + maxBodyBytes + " bytes.");
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value.strip();
  }
}
