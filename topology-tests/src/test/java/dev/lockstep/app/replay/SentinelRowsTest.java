package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.heartbeat.HeartbeatRows;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.schemas.Detection;
import dev.lockstep.sentinel.logs.DetectionRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The rows of the bundled capture's detections go into the table that the template makes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SentinelRowsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path TEMPLATE = Path.of("..", "deploy", "sentinel", "data.json");
  private static final Path LAKE = TEMPLATE.resolveSibling("lake.json");

  /** What "Lockstep: " leaves of the 256 bytes of an alert's name. */
  private static final int ALERT_NAME_BYTES = 240;

  private List<JsonNode> rows = List.of();

  @BeforeAll
  void replay() throws IOException {
    List<JsonNode> made = new ArrayList<>();
    for (Detection detection : CaptureFolder.bundledDetections()) {
      made.add(JSON.readTree(DetectionRow.of(detection).sent(Instant.EPOCH)));
    }
    rows = made;
    assertThat(rows).isNotEmpty();
  }

  @Test
  void evidenceOfTheLakeHasTheColumnsOfItsTable() throws IOException {
    Map<String, String> types = new HashMap<>();
    JSON.readTree(Files.readString(LAKE, StandardCharsets.UTF_8))
        .at("/variables/evidenceColumns")
        .forEach(column -> types.put(column.path("name").asText(), column.path("type").asText()));
    assertThat(types)
        .isEqualTo(
            Map.of(
                "TimeGenerated", "datetime",
                "DetectionId", "string",
                "Revision", "int",
                "Rule", "string",
                "Severity", "string",
                "StartTime", "datetime",
                "EndTime", "datetime",
                "Evidence", "string",
                "Trimmed", "int"));
  }

  private static Map<String, String> columns(String variable) throws IOException {
    Map<String, String> types = new HashMap<>();
    JSON.readTree(Files.readString(TEMPLATE, StandardCharsets.UTF_8))
        .at("/variables/" + variable)
        .forEach(column -> types.put(column.path("name").asText(), column.path("type").asText()));
    return types;
  }

  /** The instance's own row has all columns of the heartbeat's table, a source's has some. */
  @Test
  void beatsHaveTheColumnsOfTheirTable_withValuesOfTheirTypes() throws IOException {
    Map<String, String> types = columns("heartbeatColumns");
    Duration interval = Duration.ofMinutes(5);
    ConfiguredRules rules = Config.read(null, Map.of()).rules();
    Map<String, @Nullable Object> own = HeartbeatRows.sample(rules, "siem-1", "", interval);
    Map<String, @Nullable Object> source =
        HeartbeatRows.sample(rules, "siem-1", "signins", interval);
    assertThat(own.keySet()).containsExactlyInAnyOrderElementsOf(types.keySet());
    assertThat(own.keySet()).containsAll(source.keySet());
    own.forEach((column, value) -> assertThat(type(value)).isEqualTo(types.get(column)));
  }

  private static String type(@Nullable Object value) {
    return value instanceof Instant
        ? "datetime"
        : value instanceof Integer
            ? "int"
            : value instanceof Long ? "long" : value instanceof Double ? "real" : "string";
  }

  @Test
  void haveColumnsOfTheTableOnly_withValuesOfTheirTypes() throws IOException {
    Map<String, String> types = columns("detectionColumns");
    Set<String> wrong = new TreeSet<>();
    for (JsonNode row : rows) {
      for (Map.Entry<String, JsonNode> cell : row.properties()) {
        String type = types.getOrDefault(cell.getKey(), "no column");
        if (!fits(cell.getValue(), type)) {
          wrong.add(cell.getKey() + " is " + type + ", not " + cell.getValue());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static boolean fits(JsonNode value, String type) {
    return switch (type) {
      case "string" -> value.isTextual();
      case "int" -> value.isInt();
      case "boolean" -> value.isBoolean();
      case "dynamic" -> value.isContainerNode();
      case "datetime" -> value.isTextual() && Instant.parse(value.asText()) != null;
      default -> false;
    };
  }

  /** A longer title or text is cut by the rules; that should be rare. */
  @Test
  void fitIntoAnAlertAsTheyAre() {
    for (JsonNode row : rows) {
      assertThat(bytes(row, "AlertTitle")).isLessThanOrEqualTo(ALERT_NAME_BYTES);
      assertThat(bytes(row, "Description")).isLessThanOrEqualTo(4_900);
    }
  }

  /** What the rules' entities and the incidents' subject are made of. */
  @Test
  void sayWhomTheyAreAbout() {
    for (JsonNode row : rows) {
      if (row.has("Principal")) {
        assertThat(Set.of("user", "workload", "subscription"))
            .contains(row.at("/Principal/type").asText());
        assertThat(row.at("/Principal/id").asText()).isNotEmpty();
      } else {
        assertThat(row.path("Ip").asText()).isNotEmpty();
      }
      assertThat(row.path("Tactics").path(0).asText()).isNotEmpty();
      assertThat(row.path("Techniques").path(0).asText()).startsWith("T1");
      assertThat(row.at("/Evidence/0/eventId").asText()).isNotEmpty();
    }
  }

  private static int bytes(JsonNode row, String column) {
    return row.path(column).asText().getBytes(StandardCharsets.UTF_8).length;
  }
}
