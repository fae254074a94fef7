package dev.lockstep.sentinel.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.sentinel.delivery.FakeTime;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import dev.lockstep.sentinel.sink.AnswerClass;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IngestionClientTest {
  private static SentinelConfig config(FakeLogsIngestionApi sentinel) {
    return SentinelConfig.of(
            sentinel.endpoint(), FakeLogsIngestionApi.RULE_ID, "Custom-LockstepDetections_CL")
        .withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(2));
  }

  @Test
  void sendsAnyRowsToANamedStream_andSaysTheAnswer() throws Exception {
    try (FakeLogsIngestionApi sentinel = FakeLogsIngestionApi.start(null, 0);
        IngestionClient client =
            new IngestionClient(config(sentinel), BearerTokens.LOCAL, new FakeTime())) {
      Map<String, Object> row = new HashMap<>();
      row.put("TimeGenerated", Instant.parse("2026-11-25T10:00:00Z"));
      row.put("RecordsIn", 12L);
      row.put("LagSeconds", 0.5);
      row.put("Source", "sign\u0000ins");
      row.put("LagRecords", null);
      assertThat(client.send(FakeLogsIngestionApi.STREAM, List.of(row, row)).kind())
          .isEqualTo(AnswerClass.TAKEN);
      assertThat(sentinel.rows())
          .hasSize(2)
          .first()
          .extracting(FakeLogsIngestionApi.Row::json)
          .isEqualTo(
              "{\"LagSeconds\":0.5,\"RecordsIn\":12,\"Source\":\"sign\\u0000ins\","
                  + "\"TimeGenerated\":\"2026-11-25T10:00:00.000Z\"}");
      assertThat(client.send("Custom-Other_CL", List.of(row)).kind())
          .isEqualTo(AnswerClass.MISCONFIGURED);
      String long64K = "x".repeat(60_000);
      Map<String, Object> large = new HashMap<>(row);
      large.put("Source", long64K);
      assertThat(
              client
                  .send(FakeLogsIngestionApi.STREAM, java.util.Collections.nCopies(17, large))
                  .kind())
          .isEqualTo(AnswerClass.TOO_LARGE);
      assertThat(sentinel.rows()).hasSize(2);
    }
  }
}
