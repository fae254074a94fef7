package dev.lockstep.app.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.detection.SeverityBeforeIncident;
import dev.lockstep.app.replay.CaptureFolder;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Explanations of the incidents in the bundled capture. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class IncidentExplainTest {
  private CaptureFolder capture = new CaptureFolder(Path.of("."));
  private final Map<String, List<Detection>> incidents = new TreeMap<>();

  @BeforeAll
  void replay() throws IOException {
    capture = CaptureFolder.bundled().capture();
    for (Detection finding : CaptureFolder.bundledDetections()) {
      if (finding.getCorrelationId() != null) {
        incidents
            .computeIfAbsent(finding.getCorrelationId(), any -> new ArrayList<>())
            .add(finding);
      }
    }
    incidents
        .values()
        .forEach(
            findings ->
                findings.sort(
                    Comparator.comparing(Detection::getStartTime).thenComparing(Detection::getId)));
  }

  private ExplainRun.IncidentResult explain(String asked) throws IOException {
    Config config = capture.config(Map.of());
    return new ExplainRun(config.rules(), Wiring.enrichment(config), 2, Limits.defaults())
        .incident(
            capture.paths(),
            CaptureFolder.nothing(),
            CaptureFolder.silent(),
            new IncidentSearch(asked));
  }

  /** Returns the text with one space wherever there is a gap or a new line. */
  private static String text(ExplainRun.IncidentResult result) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new IncidentText(
            new WrappedText(new PrintStream(out, true, StandardCharsets.UTF_8), 100), false)
        .print(result);
    return out.toString(StandardCharsets.UTF_8).replaceAll("\\s+", " ");
  }

  @Test
  void explainsEachRaisedIncident_withItsFindingsInOrderAndTheirGates() throws IOException {
    List<String> raised =
        incidents.keySet().stream()
            .filter(
                id ->
                    SeverityBeforeIncident.severityBefore(
                            Objects.requireNonNull(incidents.get(id)).get(0))
                        != null)
            .toList();
    assertThat(raised).hasSizeGreaterThanOrEqualTo(2);
    int stays = 0;
    for (String id : raised) {
      List<Detection> findings = Objects.requireNonNull(incidents.get(id));
      ExplainRun.IncidentResult result = explain(id.substring(0, 8));
      String text = text(result);
      assertThat(text)
          .startsWith("incident " + id)
          .contains("WHY IT IS ONE INCIDENT", "limit 24 h", "limit 7 days")
          .contains("raised each finding by one level", "opens the incident")
          .containsSubsequence(findings.stream().map(Detection::getId).toList());
      boolean isHighBefore =
          findings.stream()
              .anyMatch(each -> SeverityBeforeIncident.severityBefore(each) == Severity.High);
      stays += isHighBefore ? 1 : 0;
      assertThat(text.contains("stays High incident")).isEqualTo(isHighBefore);
      for (Detection finding : findings) {
        String after = text.substring(text.indexOf(finding.getId()));
        assertThat(after)
            .as(finding.getRule())
            .containsSubsequence(finding.getGates().stream().map(GateChecked::getGate).toList());
      }
      JsonNode json = new ObjectMapper().readTree(new IncidentJson(shown -> shown).of(result));
      assertThat(json.get("id").asText()).isEqualTo(id);
      assertThat(json.get("raised").asBoolean()).isTrue();
      assertThat(json.get("agreeing")).hasSizeGreaterThanOrEqualTo(3);
      assertThat(json.get("findings"))
          .extracting(each -> each.at("/finding/id").asText())
          .containsExactlyElementsOf(findings.stream().map(Detection::getId).toList());
      for (JsonNode each : json.get("findings")) {
        assertThat(each.get("raised").asBoolean()).isTrue();
        assertThat(each.at("/finding/gates").toString())
            .contains("\"from\":" + each.get("severityBefore"));
        assertThat(each.get("gapMinutes").asDouble()).isLessThanOrEqualTo(24 * 60);
        assertThat(each.get("minutesSinceStart").asDouble()).isBetween(0.0, 7 * 24 * 60.0);
      }
    }
    assertThat(stays).as("incidents with a finding that stays High").isPositive();
  }

  @Test
  void saysWhyAnIncidentOfTwoRulesIsNotRaised() throws IOException {
    String id =
        incidents.keySet().stream()
            .filter(
                each ->
                    Objects.requireNonNull(incidents.get(each)).stream()
                            .map(Detection::getRule)
                            .distinct()
                            .count()
                        == 2)
            .findFirst()
            .orElseThrow();
    ExplainRun.IncidentResult result = explain(id);
    assertThat(text(result))
        .contains("not raised only 2 rules agree; at least 3 rules have to agree");
    assertThat(new IncidentJson(shown -> shown).of(result))
        .contains("\"raised\":false", "\"limits\":{\"gapHours\":24,\"lengthDays\":7,\"rules\":3}");
  }

  @Test
  void saysWhichOptionTakesTheIdOfAFinding() {
    Detection finding = Objects.requireNonNull(incidents.values().iterator().next()).get(0);
    assertThatThrownBy(() -> explain(finding.getId().substring(0, 8)))
        .isInstanceOf(OperatorException.class)
        .hasMessageEndingWith(
            "is the id of a finding, not of an incident; give --detection %s, or the incident of this finding, --incident %s"
                .formatted(finding.getId(), finding.getCorrelationId()));
  }

  @Test
  void refusesAnIncidentThatIsNone_andABeginningThatIsTooShort() {
    String id = incidents.keySet().iterator().next();
    assertRefuses("0123456789", "Sentinel's CorrelationId");
    assertRefuses(id.substring(0, 7), "give at least 8 characters of the id");
  }

  private void assertRefuses(String asked, String words) {
    assertThatThrownBy(() -> explain(asked))
        .isInstanceOf(OperatorException.class)
        .hasMessageStartingWith("could not explain --incident: \"" + asked + "\"")
        .hasMessageContaining(words);
  }
}
