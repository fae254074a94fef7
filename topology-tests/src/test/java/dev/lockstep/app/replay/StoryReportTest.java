package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.detection.Incident;
import dev.lockstep.app.report.ReportOrigin;
import dev.lockstep.schemas.Detection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The report of the bundled capture: what one thief does, read from one page. */
final class StoryReportTest {
  private static final int BEFORE = 5;
  private static final int INCIDENT = 17;
  private static final int MEDIUM = 1;
  private static final int ALONE = -1;

  @Test
  void showsWhatAThiefDoesAsATimeline_andLeadsFromTheUserToTheAddress() throws IOException {
    Replay.Result result = CaptureFolder.bundled().result();
    ReplaySummary summary = new ReplaySummary(result, 1, null);
    String page = summary.report(ReportOrigin.plain("replay", "test"), List.of());
    JsonNode data = data(page);
    JsonNode json = new ObjectMapper().readTree(summary.json());

    Map<String, List<String>> rules = new TreeMap<>();
    for (JsonNode line : CaptureFolder.bundled().capture().expected().get("detections")) {
      if (line.has("incident")) {
        rules
            .computeIfAbsent(line.get("incident").asText(), any -> new ArrayList<>())
            .add(line.get("rule").asText());
      }
    }
    Set<Integer> stories = new TreeSet<>();
    rules.forEach(
        (story, expected) -> {
          Incident incident =
              Incident.of(result.detections()).stream()
                  .filter(one -> one.rules().containsAll(expected))
                  .findFirst()
                  .orElseThrow(() -> new AssertionError(story + " is no incident"));
          int number = Incident.of(result.detections()).indexOf(incident);
          stories.add(number);
          List<String> ids = incident.findings().stream().map(Detection::getId).toList();
          List<JsonNode> shown = new ArrayList<>();
          data.get("findings")
              .forEach(
                  each -> {
                    if (each.get(INCIDENT).asInt() == number) {
                      shown.add(each);
                    }
                  });
          assertThat(shown)
              .as(story)
              .extracting(each -> text(data, each.get(0)))
              .containsExactlyElementsOf(ids);
          assertThat(data.get("incidents").get(number).get(2).asInt()).as("raised").isOne();
          assertThat(shown.stream().filter(each -> each.get(BEFORE).asInt() == MEDIUM).count())
              .as(story)
              .isGreaterThanOrEqualTo(2);
          assertThat(json.at("/byIncident/" + incident.correlationId() + "/findings"))
              .as(story)
              .extracting(JsonNode::asText)
              .containsExactlyElementsOf(ids);
        });
    assertThat(stories).hasSize(2);
    assertThat(json.get("incidents").asInt()).isGreaterThanOrEqualTo(2);
    for (int story : stories) {
      for (int other : stories) {
        assertThat(other == story || leadsTo(data.get("incidents").get(story).get(4), other))
            .as("from incident %d to %d by an address", story, other)
            .isTrue();
      }
    }
    int last = 0;
    for (JsonNode each : data.get("findings")) {
      assertThat(last == ALONE && each.get(INCIDENT).asInt() != ALONE).isFalse();
      last = each.get(INCIDENT).asInt() < 0 ? ALONE : 0;
    }
  }

  private static boolean leadsTo(JsonNode near, int incident) {
    for (JsonNode address : near) {
      for (JsonNode other : address.get(2)) {
        if (other.asInt() == -2 - incident) {
          return true;
        }
      }
    }
    return false;
  }

  private static String text(JsonNode data, JsonNode number) {
    return data.get("texts").get(number.asInt()).asText();
  }

  private static JsonNode data(String page) throws IOException {
    String start = "<script type=\"application/json\" id=\"data\">";
    int from = page.indexOf(start) + start.length();
    return new ObjectMapper().readTree(page.substring(from, page.indexOf("</script>", from)));
  }
}
