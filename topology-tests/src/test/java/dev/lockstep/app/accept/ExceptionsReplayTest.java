package dev.lockstep.app.accept;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.replay.CaptureFolder;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.replay.ReplaySummary;
import dev.lockstep.app.replay.Verdict;
import dev.lockstep.app.report.ReportOrigin;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.text.AvroJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the bundled capture gives with exceptions, made from its own detections. */
class ExceptionsReplayTest {
  private static final int EVERY = 4;

  @TempDir Path folder;

  @Test
  void removesWhatWasAccepted_andWhatAcceptSaidThatItWouldAlsoHide() throws Exception {
    CaptureFolder capture = CaptureFolder.unpack(folder);
    Path file = folder.resolve("exceptions.yaml");
    Map<String, String> variables = Map.of("LOCKSTEP_EXCEPTIONS", file.toString());
    List<Detection> plain = CaptureFolder.bundledDetections();
    ConfiguredRules rules = capture.config(Map.of()).rules();
    List<DetectionSummary> summaries = new ArrayList<>();
    for (Detection detection : plain) {
      summaries.add(DetectionSummary.parse(AvroJson.of(detection), rules::firesByPairs));
    }
    TreeMap<String, String> hidden = new TreeMap<>();
    for (int i = 0; i < summaries.size(); i += EVERY) {
      DetectionSummary detection = summaries.get(i);
      boolean isOfNobody =
          detection.principal() == null && detection.partner() == null && detection.ip() == null;
      if (hidden.containsKey(detection.id()) || detection.corroborated() || isOfNobody) {
        continue;
      }
      Acceptance acceptance = new Acceptance(detection, summaries);
      var entry = acceptance.narrowest("expected", "soc", Long.MAX_VALUE / 1_000_000);
      Config config = capture.config(Map.of());
      var partners = Wiring.enrichment(config).partners();
      Path added = folder.resolve("exceptions.d").resolve(entry.id() + ".yaml");
      String text = Exceptions.added(file, added, entry, config.rules().ids(), partners);
      Files.createDirectories(added.getParent());
      Files.writeString(added, text);
      hidden.put(detection.id(), entry.id());
      acceptance
          .exception(added, text, entry)
          .alsoHides()
          .forEach(other -> hidden.put(other.id(), entry.id()));
    }
    Config config = capture.config(variables);
    Replay.Result result =
        new Replay(config.rules(), Wiring.enrichment(config), Long.MIN_VALUE, Long.MAX_VALUE, 2)
            .run(capture.paths(), CaptureFolder.nothing(), CaptureFolder.silent());

    TreeSet<String> gone = new TreeSet<>();
    plain.forEach(detection -> gone.add(detection.getId()));
    result.detections().forEach(detection -> gone.remove(detection.getId()));
    assertThat(hidden).hasSizeGreaterThan(10);
    assertThat(gone).containsExactlyElementsOf(hidden.keySet());
    List<Detection> left =
        plain.stream().filter(detection -> !gone.contains(detection.getId())).toList();
    assertThat(Verdict.of(result.detections()).stream().map(Verdict::alone))
        .as("the others as they were, but for incidents that have lost their first finding")
        .containsExactlyElementsOf(Verdict.of(left).stream().map(Verdict::alone).toList());

    JsonNode summary = new ObjectMapper().readTree(new ReplaySummary(result, 1, null).json());
    TreeSet<String> counted = new TreeSet<>();
    for (JsonNode exception : summary.get("exceptions")) {
      assertThat(exception.get("removed").asInt()).isPositive();
      assertThat(exception.get("expired").asBoolean()).isFalse();
      exception.get("findings").forEach(finding -> counted.add(finding.asText()));
    }
    assertThat(counted).isEqualTo(gone);
    assertThat(
            new ReplaySummary(result, 1, null)
                .report(ReportOrigin.plain("replay", "test"), List.of()))
        .contains("\"id\":\"exceptions\"", counted.first());
  }
}
