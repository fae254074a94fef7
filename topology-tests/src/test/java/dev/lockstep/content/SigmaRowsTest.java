package dev.lockstep.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.raw.RawFieldPlan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Columns of exported tables are found under the sources that the catalogue gives for them. */
class SigmaRowsTest {
  private static final String AT = "2026-11-30T10:00:01Z";

  /** Table of a log source, with the category of its rows. */
  private record Rows(String table, String category) {}

  private static final Map<String, Rows> ROWS =
      Map.of(
          "signinlogs", new Rows("SigninLogs", "SignInLogs"),
          "auditlogs", new Rows("AuditLogs", "AuditLogs"),
          "pim", new Rows("AuditLogs", "AuditLogs"),
          "riskdetection", new Rows("AADUserRiskEvents", "UserRiskEvents"),
          "microsoftgraphactivitylogs",
              new Rows("MicrosoftGraphActivityLogs", "MicrosoftGraphActivityLogs"),
          "gatewaylogs", new Rows("ApiManagementGatewayLogs", "GatewayLogs"));

  /** Columns whose value a row also has in the column of the source's own name. */
  private static final Set<String> TWICE = Set.of("RiskLevel", "UniqueTokenId");

  @Test
  void findsEachColumnOfATable_underASourceOfItsField() throws IOException {
    List<String> notFound = new ArrayList<>();
    int seen = 0;
    for (String line : catalogue().lines().toList()) {
      List<String> cells = Arrays.asList(line.split(",", -1));
      Rows rows = ROWS.get(cells.get(0));
      if (rows != null && line.contains("Log Analytics") && !TWICE.contains(cells.get(1))) {
        seen++;
        List<String> paths = Arrays.asList(cells.get(2).split(" else | and "));
        if (!isFound(rows, cells.get(1), paths)) {
          notFound.add(cells.get(1) + " of " + rows.table() + " at " + paths);
        }
      }
    }
    assertThat(seen).isGreaterThan(150);
    assertThat(notFound).isEmpty();
  }

  private static String catalogue() throws IOException {
    try (InputStream in = SigmaFields.class.getResourceAsStream("sigma-fields.csv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static boolean isFound(Rows rows, String column, List<String> paths) {
    RawFieldPlan plan = RawFieldPlan.of(Map.of(rows.category(), paths));
    String row =
        """
        {"Type":"%s","TimeGenerated":"2026-11-30T10:00:00Z","Id":"i","CorrelationId":"c","RequestId":"r","UserId":"u","%s":"%s"}"""
            .formatted(rows.table(), column, AT);
    boolean[] found = {false};
    new MessageReader(Limits.defaults(), () -> plan)
        .read(
            row.getBytes(StandardCharsets.UTF_8),
            Origin.file("f", 1, 0),
            null,
            outcome -> found[0] = has(outcome));
    return found[0];
  }

  private static boolean has(Outcome outcome) {
    ByteBuffer raw = outcome instanceof Outcome.Mapped row ? row.activity().getRaw() : null;
    return raw != null
        && StandardCharsets.ISO_8859_1.decode(raw.duplicate()).toString().contains(AT);
  }
}
