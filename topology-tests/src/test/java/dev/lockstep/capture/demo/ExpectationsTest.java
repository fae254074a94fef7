package dev.lockstep.capture.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds what is expected of a capture against a slow reading of the specification. */
final class ExpectationsTest {
  private static final Set<String> READ =
      Set.of(Expectations.TRAVEL, Expectations.REPLAY, Expectations.DRIFT, Expectations.DEFENDER);

  @Test
  void areAllThatTheSpecificationGives(@TempDir Path folder) throws IOException {
    assertAllGiven(BundledCapture.SEED, folder);
  }

  @Test
  @Tag("long")
  void areAllThatTheSpecificationGives_ofAnotherSeed(@TempDir Path folder) throws IOException {
    assertAllGiven(1, folder);
  }

  private static void assertAllGiven(long seed, Path folder) throws IOException {
    BundledCapture.write(folder, seed);

    List<Observed> observed = CaptureReading.of(folder);
    List<Verdicts> findings = new ArrayList<>();
    findings.add(TravelReading.of(observed));
    findings.add(TokenReading.of(observed));
    findings.add(DriftReading.of(observed));
    findings.add(DefenderReading.of(AlertReading.of(folder), observed, findings));
    List<String> given = new ArrayList<>();
    findings.forEach(byRule -> given.addAll(byRule.lines()));

    List<String> expected = new ArrayList<>();
    JsonNode file = new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
    for (JsonNode item : file.get("detections")) {
      if (!READ.contains(item.get("rule").textValue())) {
        continue; // the rules' own oracles read these
      }
      expected.add(
          String.join(
                  " ",
                  item.get("rule").textValue(),
                  item.get("reason").textValue(),
                  item.get("severity").textValue(),
                  item.get("count").asText(),
                  item.get("day").textValue(),
                  item.path("principal").asText(item.path("partner").asText()))
              + (item.path("coldStart").asBoolean(false) ? " cold" : "")
              + (item.get("rule").textValue().equals(Expectations.DEFENDER)
                  ? " " + item.get("principalType").textValue()
                  : "")
              + " "
              + alerts(item));
    }
    assertThat(given).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static List<String> alerts(JsonNode item) {
    List<String> alerts = new ArrayList<>();
    item.path("defenderAlerts").forEach(alert -> alerts.add(alert.textValue()));
    return alerts;
  }
}
