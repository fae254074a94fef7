package dev.lockstep.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.app.detection.Incident;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
  private static final List<Severity> SEVERITIES = List.of(Severity.values());
  private static final long HOUR = 3_600_000L;
  private static final long SEED = 20_261_120L;
  private static final int HISTORIES = 300;
  private static final int MANY = 10_000;
  private static final int MOST_BYTES = 10_000_000;

  private static GateChecked raisedFrom(Severity from) {
    return new GateChecked(
        "incident", "raised", Map.of("from", from.name(), "rules", "a, b, c", "count", 3.0));
  }

  private static Detection finding(String id, String rule, Severity severity, long startAt) {
    return ReportFindings.finding(id, rule, severity, startAt);
  }

  private static String page(List<Detection> findings, ReportSection... sections) {
    return ReportFindings.page(findings, List.of(sections));
  }

  @Test
  void showsHostileTextsAsText_andRunsNothingOfThem() throws Exception {
    List<Detection> findings = ReportFindings.hostile();
    String text = ReportFindings.HOSTILE.get(1);
    String page =
        page(findings, new ReportSection(text, text, List.of(text), List.of(List.of(text)), text));

    String script = between(page, "<script>", "</script>");
    String style = between(page, "<style>", "</style>");
    assertThat(page)
        .contains("default-src 'none'; script-src '" + hash(script), "style-src '" + hash(style))
        .contains("require-trusted-types-for 'script'; trusted-types 'none'");
    assertThat(script)
        .as("no way from a text to markup or to a request")
        .doesNotContain("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(")
        .doesNotContain("DOMParser", "fetch(", "XMLHttpRequest", "new Image", "new Function");
    String json = between(page, "id=\"data\">", "</script>");
    assertThat(json).doesNotContain("<");
    String rest = page.replace(script, "").replace(style, "").replace(json, "");
    Map<String, Integer> tags = new TreeMap<>();
    Matcher tag = Pattern.compile("<([!a-z0-9]+)").matcher(rest);
    while (tag.find()) {
      tags.merge(tag.group(1), 1, Integer::sum);
    }
    assertThat(tags.remove("li")).isEqualTo(findings.size());
    assertThat(tags)
        .isEqualTo(
            Map.ofEntries(
                Map.entry("!doctype", 1),
                Map.entry("html", 1),
                Map.entry("head", 1),
                Map.entry("meta", 5),
                Map.entry("title", 1),
                Map.entry("style", 1),
                Map.entry("body", 1),
                Map.entry("div", 1),
                Map.entry("noscript", 1),
                Map.entry("main", 1),
                Map.entry("h1", 1),
                Map.entry("p", 1),
                Map.entry("ol", 1),
                Map.entry("script", 3)));
    assertThat(page.codePoints().filter(c -> c != '\n' && Quoted.isHidden(c))).isEmpty();
    assertThat(page).contains("&lt;script&gt;alert(1)&lt;/script&gt;", "\\u202e");
    assertThat(page.length()).as("long texts are cut").isLessThan(400_000);
    List<String> texts = new ArrayList<>();
    new ReportJson(page).json().get("texts").forEach(each -> texts.add(each.asText()));
    assertThat(texts)
        .contains(ReportFindings.HOSTILE.get(0), text)
        .anyMatch(each -> each.length() < 2_100 && each.endsWith(" characters)"));
  }

  private static String between(String page, String from, String to) {
    int start = page.indexOf(from) + from.length();
    return page.substring(start, page.indexOf(to, start));
  }

  private static String hash(String text) throws Exception {
    return "sha256-"
        + Base64.getEncoder()
            .encodeToString(
                MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void holdsAnIncidentInTheOrderOfTime_beforeWhatStandsAlone() throws IOException {
    Detection second = finding("b".repeat(32), "two", Severity.High, 5 * HOUR);
    second.setGates(List.of(raisedFrom(Severity.Medium)));
    second.setIp("192.0.2.1");
    Detection first = finding("a".repeat(32), "one", Severity.High, 2 * HOUR);
    first.setGates(List.of(raisedFrom(Severity.High)));
    first.setPrincipal(new Principal("oid", "kim@example.com", "user"));
    Detection other = finding("c".repeat(32), "three", Severity.High, HOUR);
    other.setIp("192.0.2.1");
    for (Detection member : List.of(first, second)) {
      member.setCorrelationId("d".repeat(32));
    }
    ReportJson data = new ReportJson(page(List.of(second, other, first)));
    assertThat(data.ids()).containsExactly("a".repeat(32), "b".repeat(32), "c".repeat(32));
    assertThat(data.findings().get(0).get(5).asInt()).as("stays High").isZero();
    assertThat(data.findings().get(1).get(5).asInt()).as("was Medium").isOne();
    JsonNode incident = data.json().get("incidents").get(0);
    assertThat(data.text(incident.get(0))).isEqualTo("d".repeat(32));
    assertThat(data.text(incident.get(1))).isEqualTo("kim@example.com");
    assertThat(incident.get(2).asInt()).as("raised").isOne();
    JsonNode near = incident.get(4).get(0);
    assertThat(data.text(near.get(0))).isEqualTo("192.0.2.1");
    assertThat(near.get(2).get(0).asInt()).as("the third finding").isEqualTo(2);
  }

  @Test
  void givesAllFindingsOfAPrincipalOneName_alsoThoseWithoutAName() throws IOException {
    Detection call = finding("a".repeat(32), "one", Severity.High, 3 * HOUR);
    call.setPrincipal(new Principal("oid", null, "user"));
    Detection signIn = finding("b".repeat(32), "two", Severity.High, 2 * HOUR);
    signIn.setPrincipal(new Principal("oid", "kim@example.com", "user"));
    Detection renamed = finding("c".repeat(32), "three", Severity.High, HOUR);
    renamed.setPrincipal(new Principal("oid", "kim.old@example.com", "user"));
    Detection nameless = finding("d".repeat(32), "one", Severity.Low, HOUR);
    nameless.setPrincipal(new Principal("other", null, "user"));
    call.setCorrelationId("e".repeat(32));

    ReportJson data = new ReportJson(page(List.of(call, signIn, renamed, nameless)));

    List<String> subjects = new ArrayList<>();
    data.json()
        .get("subjects")
        .forEach(row -> subjects.add(data.text(row.get(1)) + " " + data.text(row.get(2))));
    assertThat(subjects).containsExactlyInAnyOrder("oid kim@example.com", "other other");
    assertThat(data.text(data.json().get("incidents").get(0).get(1))).isEqualTo("kim@example.com");
  }

  @Test
  void listsTheWorstFindings_whereScriptsAreOff() {
    assertThat(page(List.of())).contains("<h1>0 findings</h1>");
    List<Detection> many = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      many.add(finding("f" + i, "one", i == 149 ? Severity.High : Severity.Low, i * HOUR));
    }
    assertThat(page(many))
        .contains("<h1>150 findings: 1 High, 149 Low</h1>", "of the worst 100")
        .containsSubsequence(
            "<ol><li>1970-01-07 05:00 UTC, High, one: title f149</li>", "title f148")
        .doesNotContain("title f49</li>");
  }

  @Test
  void groupsAsASearchByHandDoes() throws IOException {
    Random random = new Random(SEED);
    for (int history = 0; history < HISTORIES; history++) {
      List<Detection> findings = new ArrayList<>();
      for (int i = random.nextInt(30); i > 0; i--) {
        Detection finding =
            finding(
                "f" + i,
                "rule" + random.nextInt(4),
                SEVERITIES.get(random.nextInt(SEVERITIES.size())),
                random.nextInt(5) * HOUR);
        finding.setCorrelationId(random.nextBoolean() ? null : "i" + random.nextInt(4));
        findings.add(finding);
      }
      String as = "seed " + SEED + ", history " + history;
      List<Incident> incidents = Incident.of(findings);

      Map<String, List<String>> shown = new LinkedHashMap<>();
      incidents.forEach(
          one ->
              shown.put(
                  one.correlationId(), one.findings().stream().map(Detection::getId).toList()));
      assertThat(shown).as(as).isEqualTo(byHand(findings));
      for (int i = 1; i < incidents.size(); i++) {
        assertThat(worst(incidents.get(i - 1)))
            .as(as)
            .isGreaterThanOrEqualTo(worst(incidents.get(i)));
      }
      ReportJson data = new ReportJson(page(findings));
      assertThat(data.byIncident()).as(as).isEqualTo(shown);
      Set<String> once = new HashSet<>(data.ids());
      assertThat(data.ids()).as(as).hasSize(findings.size()).hasSameSizeAs(once);
    }
  }

  @Test
  void is10000FindingsInLessThan10Megabytes() {
    List<Detection> findings = ReportFindings.many(MANY, SEED);
    int bytes = page(findings).getBytes(StandardCharsets.UTF_8).length;
    assertThat(bytes).isLessThan(MOST_BYTES);
  }

  private static Map<String, List<String>> byHand(List<Detection> findings) {
    Map<String, List<String>> all = new TreeMap<>();
    for (int incident = 0; incident < 4; incident++) {
      List<Detection> left = new ArrayList<>();
      for (Detection each : findings) {
        if (("i" + incident).equals(each.getCorrelationId())) {
          left.add(each);
        }
      }
      List<String> ids = new ArrayList<>();
      while (!left.isEmpty()) {
        Detection least = left.get(0);
        for (Detection each : left) {
          if (each.getStartTime() < least.getStartTime()
              || (each.getStartTime() == least.getStartTime()
                  && each.getId().compareTo(least.getId()) < 0)) {
            least = each;
          }
        }
        ids.add(least.getId());
        left.remove(least);
      }
      if (!ids.isEmpty()) {
        all.put("i" + incident, ids);
      }
    }
    return all;
  }

  private static Severity worst(Incident incident) {
    return incident.findings().stream()
        .map(Detection::getSeverity)
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }
}
