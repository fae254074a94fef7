package dev.lockstep.capture.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoadCaptureTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void writesAsManyRecordsAsAsked(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("load.jsonl");
    LoadCapture.write(file, 2000, 11);

    Map<String, Integer> categories = new HashMap<>();
    Set<String> ids = new HashSet<>();
    for (String line : Files.readAllLines(file)) {
      JsonNode records = JSON.readTree(line).get("records");
      assertThat(records.size()).isBetween(1, 8);
      for (JsonNode item : records) {
        categories.merge(item.get("category").textValue(), 1, Integer::sum);
        ids.add(item.at("/properties/id").asText(item.get("correlationId").textValue()));
      }
    }
    assertThat(categories.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(2000);
    assertThat(categories.getOrDefault("GatewayLogs", 0)).isBetween(700, 900);
    assertThat(2000 - ids.size()).isBetween(30, 90);
  }

  @Test
  void isTheSameForTheSameSeed(@TempDir Path folder) throws IOException {
    LoadCapture.write(folder.resolve("one.jsonl.gz"), 500, 3);
    LoadCapture.write(folder.resolve("two.jsonl.gz"), 500, 3);

    assertThat(folder.resolve("one.jsonl.gz"))
        .hasSameBinaryContentAs(folder.resolve("two.jsonl.gz"));
  }
}
