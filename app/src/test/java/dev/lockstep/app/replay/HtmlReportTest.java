package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.NetworkSeen;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Quoted;
import dev.lockstep.schemas.Severity;
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
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
  private static final List<Severity> SEVERITIES = List.of(Severity.values());
  private static final long HOUR = 3_600_000L;
  private static final long SEED = 20_261_120L;
  private static final int HISTORIES = 300;

  /** Texts that would run, load or hide something if a page took them as they are. */
  private static final List<String> HOSTILE =
      List.of(
          "<script>alert(1)</script>",
          "\"><img src=x onerror=alert(1)>",
          "' autofocus onfocus='alert(1)",
          "</style><style>*{display:none}</style>",
          "</script><script src=https://evil.example/x.js></script>",
          "<!--",
          "]]>",
          "&lt;b&gt;",
          "\u202e\u2066gnp.exe\u001b[2J\u0000",
          "x".repeat(65_536) + "<svg onload=alert(1)>");

  private static final Set<String> TAGS =
      new TreeSet<>(
          List.of(
              "!doctype",
              "html",
              "head",
              "meta",
              "title",
              "style",
              "body",
              "header",
              "p",
              "h1",
              "h2",
              "h3",
              "h4",
              "ul",
              "ol",
              "li",
              "b",
              "nav",
              "a",
              "form",
              "fieldset",
              "legend",
              "label",
              "input",
              "select",
              "option",
              "button",
              "output",
              "main",
              "section",
              "article",
              "span",
              "details",
              "summary",
              "div",
              "table",
              "thead",
              "tbody",
              "tr",
              "th",
              "td",
              "br",
              "wbr",
              "code",
              "pre",
              "script"));

  private static final Set<String> ATTRIBUTES =
      new TreeSet<>(
          List.of(
              "html",
              "lang",
              "charset",
              "http-equiv",
              "content",
              "name",
              "class",
              "id",
              "href",
              "hidden",
              "type",
              "value",
              "checked",
              "autocomplete",
              "spellcheck",
              "placeholder",
              "aria-live",
              "data-severity",
              "data-rule",
              "data-label",
              "rel",
              "tabindex"));

  private static Detection finding(String id, String rule, Severity severity, long startAt) {
    Detection finding = new Detection();
    finding.setId(id);
    finding.setRevision(1);
    finding.setRule(rule);
    finding.setReason(rule);
    finding.setSeverity(severity);
    finding.setTitle("title " + id);
    finding.setDescription("");
    finding.setStartTime(startAt);
    finding.setEndTime(startAt + HOUR);
    finding.setCount(1);
    finding.setTactics(List.of());
    finding.setTechniques(List.of());
    finding.setEntities(List.of());
    finding.setEvidence(List.of());
    finding.setGates(List.of());
    finding.setDefenderAlerts(List.of());
    return finding;
  }

  private static Detection hostile(String text, boolean correlated) {
    Detection finding = finding(text + correlated, text, Severity.High, HOUR);
    finding.setReason(text + text);
    finding.setTitle(text);
    finding.setDescription(text);
    finding.setPrincipal(new Principal(text, text, text));
    finding.setIp(text);
    finding.setTechniques(List.of(text));
    finding.setCorrelationId(correlated ? text : null);
    Evidence event = new Evidence();
    event.setSource(text);
    event.setCategory(text);
    event.setEventId(text);
    event.setFile(text);
    event.setLine(1L);
    event.setTime(HOUR);
    event.setIp(text + "2");
    NetworkSeen network = new NetworkSeen();
    network.setCountry(text);
    network.setClass$(text);
    event.setNetwork(network);
    event.setMattered(Map.of(text, text));
    finding.setEvidence(List.of(event));
    finding.setGates(List.of(new GateChecked(text, text, Map.of(text, text, "from", text))));
    finding.setDefenderAlerts(
        List.of(
            Map.of("title", text, "severity", text, "id", text, "link", "https://" + text),
            Map.of("title", text, "link", "javascript:alert(1)")));
    return finding;
  }

  private static GateChecked raisedFrom(Severity from) {
    return new GateChecked(
        "incident", "raised", Map.of("from", from.name(), "rules", "a, b, c", "count", 3.0));
  }

  private static String page(List<Detection> findings, HtmlReport.Section... sections) {
    return HtmlReport.of(findings, summary(findings), List.of(sections));
  }

  private static ReplaySummary summary(List<Detection> findings) {
    return new ReplaySummary(
        new Replay.Result(
            findings,
            new IngestCounts(),
            new FirstRejections(),
            new DetectionCounters(),
            GeoDatabases.none(),
            0,
            HOUR,
            2 * HOUR,
            List.of(),
            List.of()),
        1);
  }

  @Test
  void showsHostileTextsAsText_andRunsNothingOfThem() throws Exception {
    List<Detection> findings = new ArrayList<>();
    for (String text : HOSTILE) {
      findings.add(hostile(text, true));
      findings.add(hostile(text, false));
    }
    String text = HOSTILE.get(1);
    String page =
        page(
            findings,
            new HtmlReport.Section(text, text, List.of(text), List.of(List.of(text, text)), text));

    String script = between(page, "<script>", "</script>");
    String style = between(page, "<style>", "</style>");
    assertThat(page)
        .contains(
            "default-src 'none'; script-src '" + hash(script) + "'; style-src '" + hash(style));
    String rest = page.replace(script, "").replace(style, "");
    Map<String, Integer> tags = new TreeMap<>();
    Set<String> attributes = new TreeSet<>();
    for (int at = rest.indexOf('<'); at >= 0; at = rest.indexOf('<', at + 1)) {
      String tag = tag(rest, at);
      Matcher name = Pattern.compile("</?([!a-z0-9]+)").matcher(tag);
      assertThat(name.lookingAt()).as(cut(tag)).isTrue();
      tags.merge(name.group(1), 1, Integer::sum);
      Matcher attribute = Pattern.compile(" ([a-z-]+)(=\"([^\"]*)\")?").matcher(tag);
      while (attribute.find()) {
        attributes.add(attribute.group(1));
        if (attribute.group(1).equals("href")) {
          assertThat(attribute.group(3)).matches("(?s)(#|https://).*");
        }
      }
    }
    assertThat(TAGS).containsAll(tags.keySet());
    assertThat(tags).containsEntry("script", 2).containsEntry("style", 2);
    assertThat(ATTRIBUTES).containsAll(attributes);
    assertThat(page.codePoints().filter(c -> c != '\n' && Quoted.isHidden(c))).isEmpty();
    assertThat(page).contains("&lt;script&gt;alert(1)&lt;/script&gt;", "\\u202e");
  }

  private static String tag(String page, int at) {
    boolean quoted = false;
    for (int i = at; i < page.length(); i++) {
      char c = page.charAt(i);
      quoted ^= c == '"';
      if (c == '>' && !quoted) {
        return page.substring(at, i + 1);
      }
    }
    throw new AssertionError("a tag has no end: " + cut(page.substring(at)));
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(200, text.length()));
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
  void showsAnIncidentAsOneTimeline_beforeWhatStandsAlone() {
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
    String page = page(List.of(second, other, first));
    assertThat(page)
        .contains("1 incident, 3 findings")
        .containsSubsequence(
            "id=\"i-" + "d".repeat(32),
            "kim@<wbr>example.com",
            "2 findings of 2 rules, 1970-01-01 02:00 to 06:00, <b>raised</b>",
            "lockstep explain --incident dddddddd",
            "Also at <span class=\"ip\">192.0.2.1</span>",
            "href=\"#f-" + "c".repeat(32),
            "<ol class=\"timeline\">",
            "id=\"f-" + "a".repeat(32),
            "stays High",
            "id=\"f-" + "b".repeat(32),
            "+ 3 h",
            "was Medium",
            "192.0.2.1",
            "</ol>",
            "Findings that stand alone",
            "id=\"f-" + "c".repeat(32));
    assertThat(page).contains("<form id=\"filter\" hidden>");
  }

  @Test
  void showsNoIncident_whereThereIsNone() {
    assertThat(page(List.of()))
        .contains("0 incidents, 0 findings")
        .doesNotContain("id=\"incidents\"", "id=\"alone\"", "<form");
    assertThat(summary(List.of()).json()).contains("\"incidents\":0,\"byIncident\":{}");
    assertThat(page(List.of(finding("x", "one", Severity.Low, 0))))
        .contains("1 finding<", "<h2 id=\"alone\">Findings</h2>");
  }

  @Test
  void groupsAsASearchByHandDoes() {
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
      String page = page(findings);
      Set<String> once = new HashSet<>();
      Matcher ids = Pattern.compile(" id=\"f-(f\\d+)\"").matcher(page);
      while (ids.find()) {
        assertThat(once.add(ids.group(1))).as(as).isTrue();
      }
      assertThat(once).as(as).hasSize(findings.size());
      assertThat(summary(findings).json()).as(as).contains("\"incidents\":" + shown.size() + ",");
    }
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
