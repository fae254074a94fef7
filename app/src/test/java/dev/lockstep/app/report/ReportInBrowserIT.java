package dev.lockstep.app.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.app.Main;
import dev.lockstep.app.cli.DemoCommand;
import dev.lockstep.app.page.LivePage;
import dev.lockstep.app.page.PageContent;
import dev.lockstep.app.page.StateLookUp;
import dev.lockstep.app.page.StateQuestion;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.CapturedOutput;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirDeletionStrategy;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The report in a real browser: each view, filter, link and key, in files that ask for nothing. */
@ResourceLock(Resources.SYSTEM_OUT)
final class ReportInBrowserIT {
  private static final String SHOWN = "document.querySelector('output').textContent";
  private static final int MANY = 10_000;
  private static final long SEED = 20_261_128L;
  private static final double MOST_PROCESSOR_MILLIS = 5_000; // 1,000 to 2,000 on a machine alone
  private static final int MOST_PICTURE_BYTES = 200_000;

  @TempDir static Path folder;

  /** Chromium may still write here when the tests have ended, so that a deletion may fail. */
  @TempDir(deletionStrategy = TempDirDeletionStrategy.IgnoreFailures.class)
  static Path profile;

  private static Chromium browser;
  private static Path report = Path.of("");
  private static ReportJson data;

  @BeforeAll
  static void replayTheDemo() throws IOException, InterruptedException {
    Path program = Chromium.find();
    assumeTrue(program != null, "no Chromium: name one by CHROMIUM, or put one on the PATH");
    report = folder.resolve("report.html");
    List<String> files = new ArrayList<>(DemoCommand.CAPTURE);
    files.addAll(List.of("lockstep.yaml", "networks.csv", "partners.yaml"));
    for (String name : files) {
      try (InputStream in = ReportInBrowserIT.class.getResourceAsStream("/demo/" + name)) {
        Files.copy(in, folder.resolve(name));
      }
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "replay",
                "--quiet",
                "--config",
                folder.resolve("lockstep.yaml").toString(),
                "--output",
                folder.resolve("found.jsonl").toString(),
                "--report",
                report.toString()));
    DemoCommand.CAPTURE.forEach(name -> arguments.add(folder.resolve(name).toString()));
    try (CapturedOutput out = CapturedOutput.open()) {
      assertThat(Main.commandLine().execute(arguments.toArray(String[]::new)))
          .as(out.text())
          .isEqualTo(ExitCode.DONE);
    }
    data = new ReportJson(Files.readString(report));
    browser = Chromium.start(Objects.requireNonNull(program), profile);
    browser.size(1280, 900);
  }

  @AfterAll
  static void close() throws InterruptedException {
    if (browser != null) {
      browser.close();
    }
  }

  private static String text(String selector) throws InterruptedException {
    return browser.evaluate("document.querySelector(\"" + selector + "\").textContent").asText();
  }

  private static int number(String selector) throws InterruptedException {
    return browser.evaluate("document.querySelectorAll(\"" + selector + "\").length").asInt();
  }

  private static void assertSilent() {
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests()).allMatch(url -> url.startsWith("file://"));
  }

  private static int having(Predicate<JsonNode> what) {
    int number = 0;
    for (JsonNode finding : data.findings()) {
      number += what.test(finding) ? 1 : 0;
    }
    return number;
  }

  /** Sets a filter as a person does, and returns how many findings are shown. */
  private static int filter(String change) throws InterruptedException {
    browser.evaluate(
        "(async () => { const form = document.getElementById('filter'); %s; form.dispatchEvent(new Event('input')); await new Promise(done => setTimeout(done, 200)); })()"
            .formatted(change));
    return Integer.parseInt(browser.evaluate(SHOWN).asText().replaceAll("[ ,].*|,", ""));
  }

  @Test
  void opensEachView_withoutAnErrorAndWithoutARequest() throws InterruptedException {
    for (int width : new int[] {1280, 390}) {
      browser.size(width, 900);
      for (String view : List.of("", "#map", "#partners", "#rules", "#about", "#r-token-replay")) {
        browser.open(report, view);
        assertThat(text("main").length()).as(view).isGreaterThan(300);
        assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
            .as("width of %s at %d", view, width)
            .isLessThanOrEqualTo(width);
      }
    }
    browser.size(1280, 900);
    browser.open(report, "#map");
    assertThat(number("path.way")).isGreaterThan(5);
    assertThat(number("text.label")).isGreaterThan(5);
    browser.open(report, "#partners");
    assertThat(number("article.partner")).isEqualTo(4);
    assertThat(text("article.partner .inside")).contains("Known: ");
    assertSilent();
  }

  @Test
  void filters_asACountByHandDoes() throws InterruptedException {
    browser.open(report, "");
    int all = data.findings().size();
    assertThat(filter("")).isEqualTo(all);
    assertThat(filter("form.querySelector('[value=High]').checked = false"))
        .isEqualTo(having(finding -> finding.get(4).asInt() != 0));
    assertThat(filter("form.reset()")).isEqualTo(all);
    assertThat(filter("form.elements.rule.value = 'token-replay'"))
        .isEqualTo(having(finding -> data.text(finding.get(2)).equals("token-replay")));
    assertThat(filter("form.reset()")).isEqualTo(all);
    int busiest =
        browser.evaluate("Number(document.querySelector('[name=subject]')[1].value)").asInt();
    assertThat(filter("form.elements.subject.value = '" + busiest + "'"))
        .isEqualTo(having(finding -> finding.get(8).asInt() == busiest))
        .isGreaterThan(1);
    assertThat(filter("form.reset()")).isEqualTo(all);
    String id = data.ids().get(all / 2);
    assertThat(filter("form.elements.text.value = '" + id.toUpperCase(Locale.ROOT) + "'")).isOne();
    assertThat(filter("form.elements.text.value = 'no such words'")).isZero();
    assertThat(filter("form.reset()")).isEqualTo(all);
    browser.evaluate("document.querySelector('.column:not(:disabled)').click()");
    assertThat(browser.evaluate(SHOWN).asText()).contains(" of " + all + " findings, 2026-");
    assertSilent();
  }

  @Test
  void leadsByLinkAndKey_throughFindings() throws InterruptedException {
    String first = data.ids().get(0);
    browser.open(report, "#f-" + first);
    assertThat(text("main h2")).contains(data.text(data.findings().get(0).get(6)));
    assertThat(text("main .description")).isEqualTo(data.text(data.findings().get(0).get(7)));
    browser.press("j");
    assertThat(text("main h2")).contains(data.text(data.findings().get(1).get(6)));
    browser.press("k");
    assertThat(text("main h2")).contains(data.text(data.findings().get(0).get(6)));
    assertThat(text(".commands"))
        .contains("explain --config " + folder.resolve("lockstep.yaml"))
        .contains("--detection " + first.substring(0, 8))
        .contains("accept " + first.substring(0, 8));
    browser.press("Escape");
    assertThat(number(".list")).isOne();
    browser.press("j");
    browser.press("Enter");
    assertThat(browser.evaluate("document.activeElement.tagName").asText()).isEqualTo("SUMMARY");
    for (String view : List.of("", "#rules", "#f-" + first)) {
      browser.open(report, view);
      browser.press("/");
      assertThat(browser.evaluate("document.activeElement.name").asText())
          .as("from %s", view)
          .isEqualTo("text");
    }
    JsonNode incident = data.json().get("incidents").get(0);
    browser.open(report, "#i-" + data.text(incident.get(0)));
    assertThat(number("svg.chart rect.bar"))
        .isEqualTo(data.byIncident().getOrDefault(data.text(incident.get(0)), List.of()).size());
    assertThat(number("main .event")).isGreaterThan(3);
    assertSilent();
  }

  @Test
  void tellsTheNumbersOfGates_asExplainDoes() throws InterruptedException {
    browser.open(report, "#f-" + idOf("fa03b675"));
    assertThat(text(".gates"))
        .contains("what passed did not suppress the finding")
        .contains("11 min apart; limit 48 h", ", two networks in two countries")
        .doesNotContain("line two networks", "token baafb889");
    browser.open(report, "#f-" + idOf("4aa9c49a")); // from Hamburg to Singapore
    assertThat(text(".gates")).containsPattern("[0-9],[0-9]{3}(\\.[0-9]+)? km[^/]");
    assertThat(text(".events")).contains("device trust managed").doesNotContain("deviceTrust");
    browser.open(report, "#f-" + idOf("5e9429e7")); // a session from a VPN
    assertThat(text(".gates")).contains("two networks, one of them a VPN", "1 reason to fire");
    browser.open(report, "#f-" + idOf("738bfc1b")); // a call of the API reports
    assertThat(text(".gates")).contains("api \"reports\"");
    assertSilent();
  }

  private static String idOf(String beginning) {
    return data.ids().stream().filter(id -> id.startsWith(beginning)).findFirst().orElseThrow();
  }

  @Test
  void opensAFindingAndAnIncident_byTheBeginningOfTheirIds() throws InterruptedException {
    browser.open(report, "#f-fa03b675");
    assertThat(text("article h2")).contains("Token of paulina.harms@northwindtraders.example");
    browser.open(report, "#i-57394b39");
    assertThat(text("main")).contains("incident 57394b39c7f5bd1f8c32954e8379cd46");
    browser.open(report, "#f-fa03b67"); // too short
    assertThat(number("article h2")).isZero();
    assertSilent();
  }

  @Test
  void drawsNoWayAlongTheEdgeOfTheMap() throws InterruptedException {
    browser.open(report, "#map");
    assertThat(
            browser
                .evaluate(
                    "[...document.querySelectorAll('path.way')].filter(way => { const heights = way.getAttribute('d').split(/[ML]/).slice(1).map(point => point.split(' ')[1]); return heights.some((each, i) => i > 1 && each === heights[i - 1] && each === heights[i - 2]); }).length")
                .asInt())
        .isZero();
    assertSilent();
  }

  @Test
  void prints_whatIsClosed() throws InterruptedException {
    browser.open(report, "");
    assertThat(number(".finding details[open]")).isZero();
    browser.evaluate("dispatchEvent(new Event('beforeprint'))");
    assertThat(number(".finding > details[open] > .body")).isEqualTo(data.findings().size());
    browser.evaluate("dispatchEvent(new Event('afterprint'))");
    assertThat(number(".finding > details[open]")).isZero();
  }

  @Test
  void showsHostileTextsAsText() throws IOException, InterruptedException {
    Path hostile = folder.resolve("hostile.html");
    String page = ReportFindings.page(ReportFindings.hostile(), List.of());
    Files.writeString(hostile, page);
    ReportJson shown = new ReportJson(page);
    browser.size(390, 900);
    browser.open(hostile, "");
    browser.evaluate("document.querySelectorAll('summary').forEach(each => each.click())");
    for (String view : List.of("#map", "#partners", "#rules", "#about", "")) {
      browser.evaluate("location.hash = '" + view + "'");
    }
    for (int i = 0; i < shown.ids().size(); i++) {
      browser.evaluate(
          "(async () => { const before = document.querySelectorAll('.steps a')[0]; location.hash = [...document.querySelectorAll('nav a')][0].hash; await new Promise(done => setTimeout(done, 20)); })()");
      browser.evaluate(
          "(async () => { const row = JSON.parse(document.getElementById('data').textContent); location.hash = 'f-' + encodeURIComponent(row.texts[row.findings["
              + i
              + "][0]]); await new Promise(done => setTimeout(done, 30)); })()");
      assertThat(text("main h2")).contains(shown.text(shown.findings().get(i).get(6)));
      assertThat(
              number("img, iframe, object, embed, link, base, svg [onload], [onerror], [onfocus]"))
          .isZero();
      assertThat(number("script")).isEqualTo(3);
      assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
          .as("width of finding %d", i)
          .isLessThanOrEqualTo(390);
    }
    browser.size(1280, 900);
    assertSilent();
  }

  @Test
  void opens10000Findings() throws IOException, InterruptedException {
    Path many = folder.resolve("many.html");
    Files.writeString(many, ReportFindings.page(ReportFindings.many(MANY, SEED), List.of()));
    browser.open(many, "");
    double millis =
        browser
            .evaluate(
                "(async () => { while (!document.documentElement.dataset.ready) { await new Promise(done => setTimeout(done, 10)); } return Number(document.documentElement.dataset.ready); })()")
            .asDouble();
    double processorMillis = browser.processorMillis();
    System.err.printf(
        "%d findings, %,d bytes: open in %.0f ms, %.0f ms of them processor time%n",
        MANY, Files.size(many), millis, processorMillis);
    assertThat(processorMillis).isPositive().isLessThan(MOST_PROCESSOR_MILLIS);
    assertThat(number(".finding")).isBetween(10, 200);
    assertThat(filter("form.elements.text.value = 'carrier 17'")).isBetween(1, MANY - 1);
    assertSilent();
  }

  @Test
  void showsNewsOfARunningService() throws InterruptedException {
    AtomicLong changes = new AtomicLong(3);
    List<String> note = new CopyOnWriteArrayList<>(List.of("Well."));
    Map<String, String> answers = hostileAnswers();
    List<String> problems = new CopyOnWriteArrayList<>();
    PageContent content =
        new PageContent() {
          @Override
          public long changes() {
            return changes.get();
          }

          @Override
          public List<String> problems() {
            return problems;
          }

          @Override
          public List<ReportSection> sections() {
            return List.of(
                new ReportSection("health", "Health", List.of("State"), List.of(), note.get(0)));
          }

          @Override
          public ReportPage page() {
            return new ReportPage(
                ReportOrigin.plain("service", "test").after(changes.get()),
                ReportFindings.many((int) changes.get(), SEED),
                List.of(),
                0,
                0,
                sections(),
                "");
          }

          @Override
          public String look(StateQuestion question, StateLookUp.Progress progress)
              throws IOException {
            progress.report("Reading <b>all</b>.");
            return answers.getOrDefault(question.text(), "");
          }
        };
    try (LivePage live = LivePage.start(0, content)) {
      browser.open(URI.create(live.address()));
      assertThat(number(".finding")).isEqualTo(3);
      awaitText(".live", "Ready");
      assertThat(filter("form.elements.rule.value = 'token-replay'")).isOne();
      browser.evaluate("document.querySelector('.finding summary').click()");
      changes.set(5);
      problems.add("forward: <b>no</b> answer");
      awaitText(".live", "Not well: forward: <b>no</b> answer Show 2 changes");
      browser.evaluate("document.querySelector('.live button').click()");
      awaitText("h1", "Latest 5 findings");
      assertThat(browser.evaluate(SHOWN).asText())
          .as("the filter stays")
          .isEqualTo("2 of 5 findings");
      assertThat(browser.evaluate("document.querySelector('[name=rule]').value").asText())
          .isEqualTo("token-replay");
      assertThat(number(".finding > details[open] > .body")).as("what is open stays so").isOne();
      assertThat(number(".chip.news")).as("one is new").isOne();
      assertThat(text(".live")).doesNotContain("Show");
      changes.set(6);
      awaitText(".live", "Show 1 change");
      browser.evaluate("document.querySelector('.live button').click()");
      awaitText("h1", "Latest 6 findings");
      assertThat(browser.evaluate(SHOWN).asText()).isEqualTo("2 of 6 findings");
      browser.press("j");
      assertThat(
              browser
                  .evaluate(
                      "[...document.querySelectorAll('.finding > details > summary')].indexOf(document.activeElement)")
                  .asInt())
          .as("a key works once, though three lists were shown")
          .isZero();
      browser.evaluate("location.hash = 'about'");
      awaitText("main", "Well.");
      note.set(0, "Better.");
      awaitText("main", "Better.");
      browser.evaluate("location.hash = 'state'");
      browser.evaluate("new Promise(done => setTimeout(done, 50))");
      assertThat(text("main td a")).startsWith("user-");
      assertThat(browser.evaluate("document.querySelector('main td a').hash").asText())
          .matches("#q-principal%3A[0-9a-f-]{36}");
      String name = text("main td a");
      String id = browser.evaluate("document.querySelector('main td a').hash.slice(-36)").asText();
      answers.put(
          id,
          "{\"records\":1,\"millis\":1,\"subjects\":[{\"kind\":\"principal\",\"id\":\"%s\",\"daysLeftOut\":0,\"judged\":[],\"learned\":[],\"alerts\":[]}],\"others\":[],\"hasMore\":false}"
              .formatted(id));
      browser.evaluate("document.querySelector('main td a').click()");
      awaitText("main .results", "No rule keeps facts");
      assertThat(text("main .kept .title")).as("as findings have it").isEqualTo(name);
      answers.remove(id);
      for (Map.Entry<String, String> each : answers.entrySet()) {
        browser.evaluate("location.hash = 'state'");
        browser.evaluate(
            "(async () => { document.querySelector('.look [name=words]').value = '%s'; document.querySelector('.look').requestSubmit(); })()"
                .formatted(each.getKey()));
        awaitText("main .results", each.getKey().equals("none") ? "nothing" : "impossible-travel");
        assertThat(number("main .results *")).isPositive();
        assertThat(number("img, iframe, object, embed, base, [onload], [onerror], [onfocus]"))
            .as(each.getKey())
            .isZero();
        assertThat(number("script")).isEqualTo(3);
      }
      assertThat(browser.complaints()).isEmpty();
    }
    awaitText(".live", "The service does not answer.");
    assertThat(browser.requests()).allMatch(url -> url.matches("(file://|http://127.0.0.1:).*"));
    browser.open(report, ""); // so that nobody asks the service again
    browser.forget();
  }

  /** Returns an answer about the state for each hostile text, with it in every field. */
  private static Map<String, String> hostileAnswers() {
    Map<String, String> answers = new TreeMap<>();
    answers.put("none", "{\"problem\":\"The state has nothing about <b>it</b>.\"}");
    for (int i = 0; i < ReportFindings.HOSTILE.size(); i++) {
      String hostile = ReportFindings.HOSTILE.get(i);
      answers.put("text" + i, JsonText.of(HtmlText::shown, json -> answer(json, hostile)));
    }
    return answers;
  }

  private static void answer(JsonGenerator json, String text) throws IOException {
    Map<String, Object> event =
        Map.of("time", "2026-11-19T10:00:00Z", "category", text, "eventId", text);
    Map<String, Object> fact = new TreeMap<>();
    fact.putAll(Map.of("label", "2026-11-19/A", "kind", text, "first", event, "last", event));
    fact.putAll(
        Map.of(
            "fields",
            Map.of("set", List.of(Map.of("text", text)), "word", text),
            "ip",
            text,
            "organisation",
            text,
            "country",
            text,
            "principal",
            Map.of("id", text, "name", text)));
    Map<String, Object> verdict =
        Map.of(
            "outcome",
            "fires",
            "by",
            List.of(text),
            "severity",
            "High",
            "finding",
            text,
            "facts",
            List.of("2026-11-19/A"),
            "gates",
            List.of(Map.of("gate", text, "verdict", text, "numbers", Map.of("limitKm", text))));
    Map<String, Object> day =
        Map.of(
            "rule",
            "impossible-travel",
            "date",
            "2026-11-19",
            "overflow",
            true,
            "failure",
            text,
            "facts",
            List.of(fact),
            "verdicts",
            List.of(verdict),
            "verdictsLeftOut",
            1);
    Map<String, Object> subject =
        Map.of(
            "kind",
            "principal",
            "id",
            text,
            "name",
            text,
            "daysLeftOut",
            1,
            "judged",
            List.of(day),
            "learned",
            List.of(Map.of("rule", text, "trait", text, "days", List.of(Map.of("date", text)))),
            "alerts",
            List.of(Map.of("id", text, "title", text)));
    AvroJson.writeValue(
        Map.of(
            "records",
            1,
            "millis",
            1,
            "subjects",
            List.of(subject),
            "others",
            List.of(Map.of("kind", "token", "id", text)),
            "hasMore",
            true),
        json);
  }

  private static void awaitText(String selector, String words) throws InterruptedException {
    assertThat(
            browser
                .evaluate(
                    "(async () => { for (let i = 0; i < 300; i++) { const text = document.querySelector('%s').textContent; if (text.includes('%s')) { return text; } await new Promise(done => setTimeout(done, 100)); } return document.querySelector('%s').textContent; })()"
                        .formatted(selector, words, selector))
                .asText())
        .contains(words);
  }

  /** Leaves the picture of README.md; copy it to docs/images when the report looks different. */
  @Test
  void showsAnAlert_asTheReadmeHasIt() throws IOException, InterruptedException {
    Path alert = folder.resolve("alert.html");
    Files.writeString(alert, Files.readString(report).replace(folder + "/", "capture/"));
    String id = "";
    for (JsonNode finding : data.findings()) {
      if (id.isEmpty()
          && finding.get(4).asInt() == 0
          && data.text(finding.get(2)).equals("impossible-travel")
          && finding.get(12).asLong() > 0) {
        id = data.text(finding.get(0));
      }
    }
    browser.size(1000, 1000);
    browser.open(alert, "#f-" + id);
    JsonNode box =
        browser.evaluate(
            "(() => { document.querySelector('header.top').remove(); document.querySelector('.steps').remove(); const top = document.querySelector('.one > h2').getBoundingClientRect().top; return [top - 12, document.querySelector('.gates').getBoundingClientRect().bottom - top + 24]; })()");
    byte[] picture = SmallPicture.of(browser.picture(box.get(0).asInt(), 1000, box.get(1).asInt()));
    browser.size(1280, 900);
    Files.write(Files.createDirectories(Path.of("target")).resolve("alert.png"), picture);
    assertThat(picture.length).isBetween(10_000, MOST_PICTURE_BYTES);
    assertSilent();
  }
}
