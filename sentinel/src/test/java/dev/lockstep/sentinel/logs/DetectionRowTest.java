package dev.lockstep.sentinel.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.PartnerName;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.sentinel.sink.Findings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DetectionRowTest {
  private static final Instant SENT_AT = Instant.parse("2026-11-02T09:00:00Z");

  @Test
  void isTheDetectionWithPascalCaseColumnsInTheSchemasOrder() {
    assertThat(new String(DetectionRow.of(Findings.full()).sent(SENT_AT), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            {"TimeGenerated":"2026-11-02T09:00:00.000Z",\
            "DetectionId":"d-1",\
            "Revision":3,\
            "Rule":"impossible-travel",\
            "RuleVersion":2,\
            "Reason":"impossible-travel",\
            "Severity":"Medium",\
            "AlertTitle":"Ada in London and Lagos within 10 minutes",\
            "Description":"Seen in two networks.",\
            "Principal":{"id":"0f5c","name":"ada@contoso.example","type":"user"},\
            "Partner":{"id":"fabrikam","name":"Fabrikam Freight"},\
            "Ip":"198.51.100.7",\
            "StartTime":"2026-11-02T08:00:00.000Z",\
            "EndTime":"2026-11-02T08:01:00.000Z",\
            "Count":2,\
            "Tactics":["InitialAccess"],\
            "Techniques":["T1078","T1078.004"],\
            "Entities":[{"aadUserId":"0f5c","kind":"Account"}],\
            "Evidence":[{"source":"signins","category":"SignInLogs","eventId":"e-1",\
            "hub":"insights-logs-signinlogs","partition":2,"offset":41,"index":0,\
            "time":"2026-11-02T08:00:00.005Z","ip":"198.51.100.7",\
            "place":{"country":"NG","city":"Lagos","latitude":6.5244,"longitude":3,\
            "accuracyKm":50},\
            "network":{"asn":64500,"organisation":"Example Net","prefix":"198.51.100.0/24",\
            "country":"NG","class":"hosting"},\
            "mattered":{"authentication":"single factor","device":"none"}}],\
            "Gates":[{"gate":"effective-speed","verdict":"passed",\
            "numbers":{"kmh":29876.5,"learned":false,"limitKmh":900}}],\
            "DefenderAlerts":[{"id":"da-1","title":"Odd"}],\
            "ColdStart":true,"Shadow":false,"Overflow":true,"CorrelationId":"c-1"}""");
  }

  @Test
  void leavesOutWhatDoesNotApply() {
    assertThat(columnsOf(DetectionRow.of(Findings.small("d", 1))).keySet())
        .containsExactly(
            "TimeGenerated",
            "DetectionId",
            "Revision",
            "Rule",
            "RuleVersion",
            "Reason",
            "Severity",
            "AlertTitle",
            "Description",
            "StartTime",
            "EndTime",
            "Count");
  }

  @Test
  void keepsHostileTextAsItIs() {
    String hostile = "\u0000\u001b[31m\u202Egnp.exe\u200F \"\\ \r\n\u2028 <script> \uD83D\uDE80";
    Detection detection = Findings.small("d", 1);
    detection.setTitle(hostile);
    assertThat(columnsOf(DetectionRow.of(detection))).containsEntry("AlertTitle", hostile);
  }

  @Test
  void survivesHalfASurrogatePair() {
    Detection detection = Findings.small("d", 1);
    detection.setTitle("a\uD83Db");
    assertThat(columnsOf(DetectionRow.of(detection))).containsEntry("AlertTitle", "a?b");
  }

  @Test
  void cutsAStringOver64KbAndMarksIt_neverWithinACharacter() {
    for (int shift = 0; shift < 4; shift++) {
      Detection detection = Findings.small("d", 1);
      detection.setDescription("x".repeat(shift) + "\uD83D\uDE80".repeat(30_000));
      String cut = columnsOf(DetectionRow.of(detection)).getOrDefault("Description", "");
      assertThat(cut).endsWith("\uD83D\uDE80… [cut: " + (60_000 + shift) + " characters]");
      assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(65_500, 65_536);
    }
  }

  @Test
  void keepsAStringThatJustFits() {
    Detection detection = Findings.small("d", 1);
    detection.setDescription("x".repeat(65_534));
    assertThat(columnsOf(DetectionRow.of(detection)))
        .containsEntry("Description", "x".repeat(65_534));
  }

  @Test
  void dropsEvidenceFromTheEndWhereItsColumnIsTooLong_andSaysHowMany() {
    Detection detection = Findings.small("d", 1);
    List<Evidence> evidence = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      evidence.add(Findings.evidence("e" + i, Map.of("userAgent", "u".repeat(8_000))));
    }
    detection.setEvidence(evidence);
    Map<String, String> columns = columnsOf(DetectionRow.of(detection));
    assertThat(columns.get("Evidence")).contains("\"e0\"", "\"e6\"").doesNotContain("\"e7\"");
    assertThat(columns).containsEntry("Trimmed", "{\"Evidence\":13}");
  }

  @Test
  void keepsTheFirstPieceOfEvidence_howeverManyLongTextsAreInIt() {
    Map<String, String> mattered = new HashMap<>();
    for (int i = 0; i < 30; i++) {
      mattered.put("text" + i, "u".repeat(60_000));
    }
    Detection detection = Findings.small("d", 1);
    detection.setEvidence(
        List.of(Findings.evidence("e0", mattered), Findings.evidence("e1", mattered)));
    Map<String, String> columns = columnsOf(DetectionRow.of(detection));
    assertThat(columns.get("Evidence"))
        .contains("\"eventId\":\"e0\"", "\"text29\"", "[cut: 60000 characters]");
    assertThat(columns).containsEntry("Trimmed", "{\"Evidence\":1}");
  }

  @Test
  @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void shortensAVeryLongListSoon() {
    Detection detection = Findings.small("d", 1);
    detection.setTechniques(Collections.nCopies(400_000, "T1078"));
    assertThat(columnsOf(DetectionRow.of(detection)).get("Techniques"))
        .hasSizeBetween(65_000, 65_536);
  }

  @Test
  void trimsEvidenceBeforeAnythingElse() {
    Detection detection = Findings.full();
    Optional<DetectionRow> trimmed =
        DetectionRow.of(detection).trimmedTo(DetectionRow.of(detection).bytes() - 1);
    assertThat(trimmed).isPresent();
    Map<String, String> columns = columnsOf(trimmed.orElseThrow());
    assertThat(columns).doesNotContainKey("Evidence").containsKeys("Gates", "Entities");
    assertThat(columns).containsEntry("Trimmed", "{\"Evidence\":1}");
  }

  @Test
  void saysThatNoMoreCanBeTrimmed() {
    assertThat(DetectionRow.of(Findings.small("d", 1)).trimmedTo(100)).isEmpty();
  }

  @Test
  void fitsWhateverTheDetectionHolds() {
    long seed = 20_261_102L;
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      Detection detection = Findings.random(random, "d" + i, 1);
      if (i % 10 == 0) {
        inflate(detection, random);
      }
      DetectionRow row = DetectionRow.of(detection);
      byte[] json = row.sent(SENT_AT);
      assertThat(json.length)
          .as("seed %d, detection %d", seed, i)
          .isEqualTo(row.bytes())
          .isLessThanOrEqualTo(DetectionRow.MAX_BYTES);
      columnsOf(row)
          .forEach(
              (column, value) ->
                  assertThat(value.getBytes(StandardCharsets.UTF_8).length)
                      .as("seed %d, %s", seed, column)
                      .isLessThanOrEqualTo(DetectionRow.MAX_COLUMN_BYTES));
      for (int bytes : new int[] {300_000, 20_000, 10_000}) {
        assertThat(row.trimmedTo(bytes).orElseThrow().bytes())
            .as("seed %d, detection %d", seed, i)
            .isLessThanOrEqualTo(bytes);
      }
    }
  }

  @Test
  void refusesAClockThatIsFarOff() {
    assertThatThrownBy(() -> DetectionRow.of(Findings.full()).sent(Instant.ofEpochSecond(1L << 40)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("set the machine's clock");
  }

  @Test
  void isTheSameAfterATripThroughTheTopic() {
    SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
    Detection read = codec.decode(codec.encode(Findings.full()));
    assertThat(DetectionRow.of(read).sent(SENT_AT))
        .isEqualTo(DetectionRow.of(Findings.full()).sent(SENT_AT));
  }

  private static void inflate(Detection detection, Random random) {
    String text = (random.nextBoolean() ? "\u0007" : "\u20AC").repeat(80_000);
    detection.setIp(text);
    detection.setReason(text);
    detection.setRule(text);
    detection.setTitle(text);
    detection.setPrincipal(new Principal(text, text, text));
    detection.setPartner(new PartnerName(text, text));
    detection.setTactics(List.of(text, text, text));
    detection.setTechniques(List.of(text));
    detection.setEntities(List.of(new HashMap<>(Map.of("kind", text, "name", text))));
    detection.setDefenderAlerts(List.of(new HashMap<>(Map.of("id", text))));
  }

  /** Returns the row's columns: strings as they are, everything else as JSON. */
  static Map<String, String> columnsOf(DetectionRow row) {
    Map<String, String> columns = new LinkedHashMap<>();
    String text = new String(row.sent(SENT_AT), StandardCharsets.UTF_8);
    try (JsonParser json = new JsonFactory().createParser(text)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken token = json.nextToken();
        int from = (int) json.currentTokenLocation().getCharOffset();
        json.skipChildren();
        columns.put(
            name,
            token == JsonToken.VALUE_STRING
                ? json.getText()
                : text.substring(from, (int) json.currentLocation().getCharOffset()));
      }
      assertThat(json.nextToken()).isNull();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return columns;
  }
}
