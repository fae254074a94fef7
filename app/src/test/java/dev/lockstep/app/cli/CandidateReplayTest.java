package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.detections.rule.FindingId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Replays of the bundled capture with a candidate, and with its settings alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CandidateReplayTest {
  private static final String ID = "impossible-travel@fast";
  private static final String WITH =
      "{impossible-travel: {minDistanceKm: 400}, %s: {maxSpeedKmh: 2500}}".formatted(ID);

  private BundledCapture capture = new BundledCapture(Path.of(""));
  private Map<String, JsonNode> without = Map.of();
  private Map<String, JsonNode> with = Map.of();
  private Map<String, JsonNode> alone = Map.of();
  private JsonNode summary = BundledCapture.JSON.nullNode();

  @BeforeAll
  void replays(@TempDir Path folder) throws IOException {
    capture = new BundledCapture(folder);
    without = replay("{impossible-travel: {minDistanceKm: 400}}");
    with = replay(WITH);
    alone = replay("{impossible-travel: {minDistanceKm: 400, maxSpeedKmh: 2500, shadow: true}}");
  }

  private Map<String, JsonNode> replay(String rules) throws IOException {
    Path file = capture.folder().resolve("found.jsonl");
    Ran ran = capture.run("replay", rules, "--json", "--output", file.toString());
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    if (rules.equals(WITH)) {
      summary = BundledCapture.JSON.readTree(ran.out());
    }
    return BundledCapture.detections(file);
  }

  private static Map<String, JsonNode> of(Map<String, JsonNode> all, String rule) {
    Map<String, JsonNode> some = new TreeMap<>(all);
    some.values().removeIf(one -> !one.path("rule").textValue().equals(rule));
    return some;
  }

  @Test
  void changesNoOtherFinding() {
    Map<String, JsonNode> others = new TreeMap<>(with);
    others.keySet().removeAll(of(with, ID).keySet());
    assertThat(others).isEqualTo(without);
  }

  @Test
  void findsInShadow_whatAReplayWithItsSettingsAloneFinds() {
    Map<String, JsonNode> expected = new TreeMap<>();
    of(alone, "impossible-travel")
        .forEach(
            (id, one) -> {
              String own = FindingId.ofVariant(id, "fast");
              expected.put(own, ((ObjectNode) one.deepCopy()).put("id", own).put("rule", ID));
            });
    assertThat(of(with, ID)).isEqualTo(expected).isNotEmpty();
    assertThat(summary.path("rules").path(ID).path("runs").textValue()).isEqualTo("shadow");
  }

  @Test
  void comparesItWithItsRule_alsoWhereOnlyOneOfThemIsShown_butNotBesideAnotherRule()
      throws IOException {
    JsonNode whole = summary.path("candidates").path(ID);
    for (String shown : List.of("impossible-travel", ID)) {
      assertThat(candidates(shown).path(ID)).isEqualTo(whole);
    }
    assertThat(candidates("token-replay").isMissingNode()).isTrue();
  }

  private JsonNode candidates(String shown) throws IOException {
    Ran ran = capture.run("replay", WITH, "--json", "--rule", shown);
    return BundledCapture.JSON.readTree(ran.out()).path("candidates");
  }

  @Test
  void comparesItWithItsRule() {
    Map<String, String> expected = new TreeMap<>();
    Map<String, JsonNode> now = of(without, "impossible-travel");
    Map<String, JsonNode> then = of(alone, "impossible-travel");
    now.keySet().stream()
        .filter(id -> !then.containsKey(id))
        .forEach(id -> expected.put(id, "gone"));
    then.keySet().stream()
        .filter(id -> !now.containsKey(id))
        .forEach(id -> expected.put(FindingId.ofVariant(id, "fast"), "appeared"));
    Map<String, String> told = new TreeMap<>();
    for (JsonNode one : summary.path("candidates").path(ID).path("differences")) {
      if (!one.path("change").textValue().equals("changed")) {
        told.put(one.path("id").textValue(), one.path("change").textValue());
      }
    }
    assertThat(told).isEqualTo(expected).isNotEmpty();
  }

  @Test
  void tellsPeopleHowItDiffers() throws IOException {
    Ran ran = capture.run("replay", WITH);
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    assertThat(ran.out())
        .contains("Candidate impossible-travel@fast, with maxSpeedKmh 2500 instead of 900")
        .contains("impossible-travel has ", "impossible-travel@fast has ", "  gone      ");
    assertThat(ran.out().lines().filter(line -> line.startsWith(ID)))
        .anySatisfy(line -> assertThat(line).contains("shadow"));
  }

  @Test
  void comparesPseudonyms() throws IOException {
    Ran ran = capture.run("replay", WITH, "--json", "--redact");
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    JsonNode redacted = BundledCapture.JSON.readTree(ran.out()).path("candidates").path(ID);
    JsonNode plain = summary.path("candidates").path(ID);
    for (String field : List.of("appeared", "gone", "changed", "same")) {
      assertThat(redacted.path(field)).as(field).isEqualTo(plain.path(field));
    }
  }
}
