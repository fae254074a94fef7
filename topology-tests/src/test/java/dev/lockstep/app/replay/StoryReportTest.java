package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.schemas.Detection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of the bundled capture: what one thief does, read from one page. */
final class StoryReportTest {
  @TempDir Path folder;

  @Test
  void showsWhatAThiefDoesAsATimeline_andLeadsFromTheUserToTheAddress() throws IOException {
    CaptureFolder capture = CaptureFolder.unpack(folder.resolve("capture"));
    Replay.Result result = capture.replay();
    ReplaySummary summary = new ReplaySummary(result, 1);
    String page = HtmlReport.of(result.detections(), summary);
    JsonNode json = new ObjectMapper().readTree(summary.json());

    Map<String, List<String>> rules = new TreeMap<>();
    for (JsonNode line : capture.expected().get("detections")) {
      if (line.has("incident")) {
        rules
            .computeIfAbsent(line.get("incident").asText(), any -> new ArrayList<>())
            .add(line.get("rule").asText());
      }
    }
    Map<String, String> articles = new TreeMap<>();
    rules.forEach(
        (story, expected) -> {
          Incident incident =
              Incident.of(result.detections()).stream()
                  .filter(one -> one.rules().containsAll(expected))
                  .findFirst()
                  .orElseThrow(() -> new AssertionError(story + " is no incident"));
          String article = article(page, incident.correlationId());
          assertThat(article)
              .as(story)
              .containsSubsequence(
                  incident.findings().stream()
                      .map(finding -> "id=\"f-" + finding.getId() + "\"")
                      .toList())
              .contains("<b>raised</b> since " + incident.rules().size() + " rules agree");
          assertThat(article.split("was Medium", -1).length).as(story).isGreaterThanOrEqualTo(3);
          assertThat(json.at("/byIncident/" + incident.correlationId() + "/findings"))
              .as(story)
              .extracting(JsonNode::asText)
              .containsExactlyElementsOf(
                  incident.findings().stream().map(Detection::getId).toList());
          articles.put(incident.correlationId(), article);
        });
    assertThat(articles).hasSize(2);
    assertThat(json.get("incidents").asInt()).isGreaterThanOrEqualTo(2);
    articles.forEach(
        (id, article) ->
            articles
                .keySet()
                .forEach(other -> assertThat(article).contains("href=\"#i-" + other + "\"")));
    assertThat(page.indexOf("id=\"alone\"")).isGreaterThan(page.lastIndexOf("<article"));
  }

  private static String article(String page, String incident) {
    int at = page.indexOf("<article class=\"incident\" id=\"i-" + incident);
    return page.substring(at, page.indexOf("</article>", at));
  }
}
