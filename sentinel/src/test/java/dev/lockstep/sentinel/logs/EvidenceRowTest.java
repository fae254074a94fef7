package dev.lockstep.sentinel.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import dev.lockstep.sentinel.sink.AnswerClass;
import dev.lockstep.sentinel.sink.Findings;
import dev.lockstep.sentinel.sink.Row;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EvidenceRowTest {
  private static final Instant SENT_AT = Instant.parse("2026-11-02T09:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STREAM = "Custom-LockstepEvidence_CL";

  private static Detection withEvents(int number, String mattered) {
    Detection detection = Findings.full();
    Evidence first = detection.getEvidence().get(0);
    List<Evidence> events = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      events.add(
          Evidence.newBuilder()
              .setSource(first.getSource())
              .setCategory(first.getCategory())
              .setEventId("e-" + i)
              .setTime(first.getTime())
              .setIp(first.getIp())
              .setPlace(first.getPlace())
              .setNetwork(first.getNetwork())
              .setMattered(Map.of("why", mattered))
              .build());
    }
    detection.setEvidence(events);
    return detection;
  }

  private static JsonNode json(Row row) throws IOException {
    return JSON.readTree(row.sent(SENT_AT));
  }

  private static JsonNode events(JsonNode row) throws IOException {
    assertThat(row.path("Evidence").isTextual()).as("no dynamic column").isTrue();
    return JSON.readTree(row.path("Evidence").asText());
  }

  @Test
  void hasAllEvidenceAsText_underIdAndRevision() throws IOException {
    EvidenceRow row = EvidenceRow.of(withEvents(20, "a \"quoted\" word"));
    JsonNode json = json(row);
    List<String> columns = new ArrayList<>();
    json.fieldNames().forEachRemaining(columns::add);
    assertThat(columns)
        .containsExactly(
            "TimeGenerated",
            "DetectionId",
            "Revision",
            "Rule",
            "Severity",
            "StartTime",
            "EndTime",
            "Evidence");
    assertThat(json.path("DetectionId").asText()).isEqualTo("d-1");
    assertThat(json.path("Revision").asInt()).isEqualTo(3);
    assertThat(json.path("TimeGenerated").asText()).isEqualTo("2026-11-02T09:00:00.000Z");
    assertThat(events(json)).hasSize(20);
    assertThat(events(json).get(19).path("eventId").asText()).isEqualTo("e-19");
    assertThat(events(json).at("/0/mattered/why").asText()).isEqualTo("a \"quoted\" word");
    assertThat(row.sent(SENT_AT)).hasSize(row.bytes());
    assertThat(events(json).get(0))
        .as("the same event as in the analytics table")
        .isEqualTo(json(DetectionRow.of(row.detection())).at("/Evidence/0"));
  }

  @Test
  void losesEventsFromTheEnd_andSaysHowMany() throws IOException {
    JsonNode json = json(EvidenceRow.of(withEvents(20, "x".repeat(6_000))));
    int held = events(json).size();
    assertThat(held).isBetween(8, 12);
    assertThat(json.path("Trimmed").asInt()).isEqualTo(20 - held);
  }

  @Test
  void cutsTexts_whereOneEventIsTooLarge() throws IOException {
    JsonNode json = json(EvidenceRow.of(withEvents(2, "x\"".repeat(100_000))));
    assertThat(events(json).size()).isPositive();
    assertThat(events(json).at("/0/mattered/why").asText()).contains("[cut: 200000 characters]");
    assertThat(json.toString().length()).isLessThan(DetectionRow.MAX_COLUMN_BYTES + 1_000);
  }

  @Test
  void becomesSmaller_untilNoEventIsLeft() throws IOException {
    Optional<Row> row = Optional.of(EvidenceRow.of(withEvents(5, "x")));
    List<Integer> left = new ArrayList<>();
    while (row.isPresent()) {
      left.add(events(json(row.get())).size());
      row = row.get().smaller();
    }
    assertThat(left).containsExactly(5, 2, 1, 0);
  }

  @Test
  void theRowOfTheRules_hasTheFirstTwoEventsBesideALake() throws IOException {
    Detection detection = withEvents(20, "x");
    JsonNode whole = json(DetectionRow.of(detection));
    JsonNode brief = json(DetectionRow.besideLake(detection));
    assertThat(whole.path("Evidence")).hasSize(20);
    assertThat(whole.has("Trimmed")).isFalse();
    assertThat(brief.path("Evidence")).hasSize(DetectionRow.EVENTS_BESIDE_LAKE);
    assertThat(brief.at("/Trimmed/Evidence").asInt()).isEqualTo(18);
    assertThat(brief.path("Entities")).isEqualTo(whole.path("Entities"));
    assertThat(brief.path("Gates")).isEqualTo(whole.path("Gates"));
    assertThat(json(DetectionRow.besideLake(withEvents(2, "x"))).has("Trimmed")).isFalse();
  }

  @Test
  void bothTablesGetTheirRows_byTheLogsIngestionApi() throws Exception {
    Detection detection = withEvents(20, "x");
    try (FakeLogsIngestionApi analytics = FakeLogsIngestionApi.start(null, 0);
        FakeLogsIngestionApi lake = FakeLogsIngestionApi.start(null, 0, STREAM)) {
      send(analytics, FakeLogsIngestionApi.STREAM, StreamForm.DETECTIONS_BESIDE_LAKE, detection);
      send(lake, STREAM, StreamForm.EVIDENCE, detection);
      FakeLogsIngestionApi.Row brief = analytics.rows().get(0);
      FakeLogsIngestionApi.Row whole = lake.rows().get(0);
      assertThat(whole.detectionId()).isEqualTo(brief.detectionId()).isEqualTo("d-1");
      assertThat(whole.revision()).isEqualTo(brief.revision()).isEqualTo(3);
      assertThat(JSON.readTree(brief.json()).path("Evidence")).hasSize(2);
      assertThat(events(JSON.readTree(whole.json()))).hasSize(20);
    }
  }

  private static void send(
      FakeLogsIngestionApi to, String stream, StreamForm form, Detection detection)
      throws InterruptedException {
    SentinelSink sink =
        new SentinelSink(
            SentinelConfig.of(to.endpoint(), FakeLogsIngestionApi.RULE_ID, stream),
            form,
            BearerTokens.LOCAL,
            InstantSource.system());
    assertThat(sink.send(List.of(sink.row(detection)), SENT_AT).kind())
        .isEqualTo(AnswerClass.TAKEN);
    sink.close();
  }
}
