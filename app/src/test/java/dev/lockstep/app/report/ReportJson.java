package dev.lockstep.app.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Data of a report, read from its page. */
public final class ReportJson {
  private static final String START = "<script type=\"application/json\" id=\"data\">";

  private final JsonNode json;

  public ReportJson(String page) throws IOException {
    int start = page.indexOf(START) + START.length();
    json = new ObjectMapper().readTree(page.substring(start, page.indexOf("</script>", start)));
  }

  JsonNode json() {
    return json;
  }

  JsonNode findings() {
    return json.get("findings");
  }

  String text(JsonNode number) {
    return json.get("texts").get(number.asInt()).asText();
  }

  /** Returns the ids of all findings in their order. */
  List<String> ids() {
    List<String> ids = new ArrayList<>();
    findings().forEach(finding -> ids.add(text(finding.get(0))));
    return ids;
  }

  /** Returns the ids of findings by incident, both in their order. */
  Map<String, List<String>> byIncident() {
    Map<String, List<String>> ids = new LinkedHashMap<>();
    for (JsonNode finding : findings()) {
      int incident = finding.get(17).asInt();
      if (incident >= 0) {
        ids.computeIfAbsent(
                text(json.get("incidents").get(incident).get(0)), any -> new ArrayList<>())
            .add(text(finding.get(0)));
      }
    }
    return ids;
  }

  /** Returns how each rule runs, as the table of rules shows it. */
  public Map<String, String> runs() {
    Map<String, String> runs = new TreeMap<>();
    json.get("rules").forEach(rule -> runs.put(rule.get("id").asText(), rule.get("runs").asText()));
    return runs;
  }

  /** Returns the rows of a section; none if the report has no such section. */
  public List<List<String>> section(String id) {
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode section : json.get("about").get("sections")) {
      if (section.get("id").asText().equals(id)) {
        for (JsonNode row : section.get("rows")) {
          List<String> cells = new ArrayList<>();
          row.forEach(cell -> cells.add(cell.asText()));
          rows.add(cells);
        }
      }
    }
    return rows;
  }
}
