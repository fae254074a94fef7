package dev.lockstep.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.capture.load.LoadCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Messages of 50 records as an Event Hub holds them, with three gateway calls for every two
 * sign-ins. They are made from a {@link LoadCapture}. Each call carries its identity link, by which
 * API Management tells the claims of the call's token.
 *
 * @param bodies the messages
 * @param records number of records in all messages
 * @param bytes number of bytes of all messages
 */
record BenchmarkMessages(List<byte[]> bodies, int records, long bytes) {
  static final int RECORDS = 50;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> LEFT_OUT_OF_SIGN_INS =
      List.of(
          "appliedConditionalAccessPolicies",
          "authenticationDetails",
          "authenticationProcessingDetails",
          "userAgent",
          "originalRequestId",
          "resourceId",
          "clientAppUsed",
          "conditionalAccessStatus",
          "tokenIssuerType",
          "clientCredentialType",
          "processingTimeInMilliseconds",
          "riskDetail",
          "riskLevelAggregated",
          "riskLevelDuringSignIn",
          "riskState",
          "incomingTokenType",
          "authenticationProtocol",
          "crossTenantAccessType",
          "userType",
          "correlationId");

  private static final List<String> LEFT_OUT_OF_CALLS =
      List.of("url", "backendUrl", "backendId", "backendMethod", "backendProtocol", "cache");

  /**
   * Creates messages from a new load capture.
   *
   * @param count number of messages
   * @param lean whether to leave out some fields, so that records are smaller
   */
  static BenchmarkMessages make(int count, boolean lean, long seed) throws IOException {
    Path file = Files.createTempFile("lockstep-bench", ".jsonl");
    try {
      LoadCapture.write(file, 5L * count * RECORDS / 2, seed);
      return made(file, count, lean);
    } finally {
      Files.delete(file);
    }
  }

  private static BenchmarkMessages made(Path file, int count, boolean lean) throws IOException {
    Deque<JsonNode> calls = new ArrayDeque<>();
    Deque<JsonNode> signIns = new ArrayDeque<>();
    try (var lines = Files.lines(file)) {
      for (String line : (Iterable<String>) lines::iterator) {
        for (JsonNode each : JSON.readTree(line).path("records")) {
          boolean call = each.path("category").asText().equals("GatewayLogs");
          ObjectNode properties = (ObjectNode) each.path("properties");
          if (call) {
            keepOnlyLink(properties);
          }
          if (lean) {
            properties.remove(call ? LEFT_OUT_OF_CALLS : LEFT_OUT_OF_SIGN_INS);
          }
          (call ? calls : signIns).add(each);
        }
      }
    }
    List<byte[]> bodies = new ArrayList<>();
    long bytes = 0;
    for (int message = 0; message < count; message++) {
      ObjectNode envelope = JSON.createObjectNode();
      ArrayNode records = envelope.putArray("records");
      for (int i = 0; i < RECORDS; i++) {
        records.add(i % 5 < 3 ? calls.remove() : signIns.remove());
      }
      byte[] body = JSON.writeValueAsBytes(envelope);
      bodies.add(body);
      bytes += body.length;
    }
    return new BenchmarkMessages(bodies, count * RECORDS, bytes);
  }

  private static void keepOnlyLink(ObjectNode properties) throws IOException {
    JsonNode logged = properties.path("traceRecords");
    for (JsonNode trace : logged.isTextual() ? JSON.readTree(logged.asText()) : logged) {
      if (trace.path("source").asText().equals("lockstep")) {
        JsonNode link = trace.has("data") ? trace.path("data") : trace.path("message");
        properties
            .putArray("traceRecords")
            .addObject()
            .put("source", "lockstep")
            .put("severity", "information")
            // Lockstep's policy for API Management logs the link as text.
            .put("message", link.isTextual() ? link.asText() : link.toString());
        return;
      }
    }
    throw new IllegalStateException(
        "could not make messages: a gateway call of LoadCapture has no trace record with the"
            + " source lockstep; make LoadCapture write one");
  }
}
