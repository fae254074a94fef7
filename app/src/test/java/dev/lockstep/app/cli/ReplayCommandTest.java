package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.replay.FirstRejections;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.replay.ReplaySummary;
import dev.lockstep.app.report.ReportFindings;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.text.AvroJson;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ReplayCommandTest {
  private final StringWriter err = new StringWriter();
  private final CommandLine command = Main.commandLine("replay").setErr(new PrintWriter(err));

  @TempDir Path folder;

  @Test
  void leavesItsInputAlone_whereTheOutputIsTheSameFile() throws Exception {
    Path capture = Files.writeString(folder.resolve("capture.jsonl"), "{\"category\":\"x\"}\n");
    int code =
        command.execute(
            "replay", "--quiet", "--output", capture.toString(), folder + "/./capture.jsonl");
    assertThat(code).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString()).contains("it is an input");
    assertThat(capture).hasContent("{\"category\":\"x\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "/dev/stdout", "/dev/fd/1"})
  void writesDetectionsToItsStandardOutput(String named) throws Exception {
    Path capture = Files.writeString(folder.resolve("capture.jsonl"), "{\"category\":\"x\"}\n");
    Ran ran = Ran.run("replay", "--quiet", "--output", named, capture.toString());
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).as("the summary goes to standard error").isEmpty();
  }

  @Test
  void leavesItsInputAlone_whereTheOutputIsAFileOfAFolderThatIsRead() throws Exception {
    Path capture = Files.writeString(folder.resolve("capture.jsonl"), "{\"category\":\"x\"}\n");
    int code =
        command.execute("replay", "--quiet", "--output", capture.toString(), folder.toString());
    assertThat(code).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString()).contains("it is an input");
    assertThat(capture).hasContent("{\"category\":\"x\"}");
  }

  @Test
  void refusesALinkToAFileInNoFolder_beforeItLooksForLogs() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("none/rows.jsonl"));
    for (String option : List.of("--output", "--report")) {
      int code = command.execute("replay", option, link.toString(), folder + "/none.jsonl");
      assertThat(code).isEqualTo(ExitCode.FAILED);
      assertThat(err.toString()).contains("could not write \"" + link + "\": NoSuchFile");
      err.getBuffer().setLength(0);
    }
  }

  @Test
  void expectsNoFinding_whereAcceptHasNotYetWrittenAnException() throws Exception {
    Path capture = Files.writeString(folder.resolve("capture.jsonl"), "{\"category\":\"x\"}\n");
    Path config = Files.writeString(folder.resolve("lockstep.yaml"), "exceptions: no.yaml\n");
    PrintStream before = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    int code;
    try {
      code =
          command.execute("replay", "--quiet", "--config", config.toString(), capture.toString());
    } finally {
      System.setErr(before);
    }
    assertThat(code).isEqualTo(ExitCode.DONE);
    assertThat(said.toString(StandardCharsets.UTF_8).lines())
        .filteredOn(line -> line.contains("exceptions"))
        .singleElement()
        .asString()
        .contains("neither the exceptions file \"" + folder.resolve("no.yaml") + "\"")
        .contains("nor the folder \"no.d\" beside it exists; lockstep accept writes the first");
    Files.writeString(config, "partners: no.yaml\n");
    assertThat(command.execute("replay", "--config", config.toString(), capture.toString()))
        .as("a file that a person writes")
        .isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("no.yaml");
  }

  private static final String SIGN_IN =
      """
      {"time":"2026-11-20T08:05:00Z","category":"SignInLogs","properties":{"id":"11111111-2222-3333-4444-555555555501","createdDateTime":"%s","userId":"11111111-2222-3333-4444-555555555503","userPrincipalName":"mia@contoso.example","ipAddress":"203.0.113.7"}}
      """;

  /** Runs a replay without a progress bar, and returns both streams. */
  private String replayed(String... arguments) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = System.out;
    PrintStream error = System.err;
    PrintStream both = new PrintStream(said, true, StandardCharsets.UTF_8);
    System.setOut(both);
    System.setErr(both);
    try {
      List<String> all = new ArrayList<>(List.of("replay", "--quiet"));
      all.addAll(List.of(arguments));
      command.execute(all.toArray(String[]::new));
    } finally {
      System.setOut(out);
      System.setErr(error);
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void namesACsvFileOfTheFolder_whereNothingWasRead() throws Exception {
    assertThat(replayed(folder.toString()))
        .contains("the input has no record")
        .doesNotContain("CSV");
    Path csv = Files.writeString(folder.resolve("logs.csv"), "Datum (UTC),Anforderungs-ID\n1,2\n");
    assertThat(replayed(folder.toString()))
        .contains(
            "to see whether that is so for the file \"%s\", give the file itself as a PATH"
                .formatted(csv));
    assertThat(replayed(csv.toString()))
        .contains("export with the portal in English and its times in UTC");
  }

  @Test
  void namesAFileThatIsLeftOutByItsName_whereNothingWasRead() throws Exception {
    Path text = Files.writeString(folder.resolve("audit.txt"), "{}\n");
    assertThat(replayed(folder.toString()))
        .contains(
            "Nothing was read: the input has no record. The file \"%s\" was left out because of its name; to read it, give the file itself as a PATH."
                .formatted(text));
    Files.writeString(folder.resolve("b.yaml"), "{}\n");
    Files.writeString(folder.resolve(".hidden.txt"), "{}\n");
    assertThat(replayed(folder.toString()))
        .contains("2 files were left out because of their names; the first file is \"" + text);
    assertThat(replayed(text.toString())).doesNotContain("left out");
  }

  @Test
  void saysHowToExport_whereADateIsOfAnotherLanguage() throws Exception {
    Path capture =
        Files.writeString(folder.resolve("a.jsonl"), SIGN_IN.formatted("20.11.2026 8:05"));
    assertThat(replayed(capture.toString()))
        .contains("is not a time: \"20.11.2026 8:05\"; export with the portal in English");
    Files.writeString(capture, SIGN_IN.formatted("2026-11-20 soon"));
    assertThat(replayed(capture.toString()))
        .contains("is not a time: \"2026-11-20 soon\"")
        .doesNotContain("portal");
  }

  @Test
  void namesThePlaceOfTheFirstRecord_withoutACategory_orWithAFlaw() throws Exception {
    Path capture =
        Files.writeString(
            folder.resolve("a.jsonl"),
            SIGN_IN.formatted("2026-11-20T08:05:00Z")
                + SIGN_IN.formatted("2026-11-20T08:05:00Z").replace("555503", "55550x")
                + "{\"record\":{}}\n{\"record\":{}}\n{\"category\":\"x\"}\n");
    assertThat(replayed(capture.toString()))
        .contains(
            "1 not-a-guid\n      first in %s:2: the section \"Flaws\" of docs/".formatted(capture))
        .contains(
            "no category\n  2 records\n      first in %s:3: the section \"Input\" of docs/"
                .formatted(capture));
    Files.writeString(capture, SIGN_IN.formatted("2026-11-20T08:05:00Z"));
    assertThat(replayed(capture.toString())).doesNotContain("no category", "a flaw");
  }

  @Test
  void saysOfFindings_thatTheyAreNoLogs() throws Exception {
    String finding = AvroJson.of(ReportFindings.finding("a1", "r", Severity.High, 0)) + "\n";
    Path found = Files.writeString(folder.resolve("found.jsonl"), finding + finding);
    assertThat(replayed(found.toString()))
        .contains("  2 records\n      first in %s:1: this file has findings".formatted(found))
        .contains("name the captured logs");
  }

  @Test
  void saysOnlyThatTheCaptureIsMissing_whereItIs() {
    String missing = folder.resolve("missing.jsonl").toString();
    assertThat(replayed(missing)).isEmpty();
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .contains("could not read the capture: \"%s\" does not exist".formatted(missing));
  }

  @Test
  void listsNoRule_whoseFindingsAreLeftOut() throws Exception {
    Path capture =
        Files.writeString(folder.resolve("a.jsonl"), SIGN_IN.formatted("2026-11-20T08:05:00Z"));
    assertThat(replayed("--rule", "token-replay", capture.toString()).lines())
        .anyMatch(line -> line.matches("token-replay +0 +0 +0 +0 +yes"))
        .noneMatch(line -> line.matches("password-spray +0 +0 +0 +0 +yes"));
  }

  @Test
  void namesTheLogsThatRulesLookForInVain() throws Exception {
    Path capture =
        Files.writeString(folder.resolve("a.jsonl"), SIGN_IN.formatted("2026-11-20T08:05:00Z"));
    Path config =
        Files.writeString(
            folder.resolve("lockstep.yaml"), "rules: {waf-then-success: {enabled: false}}\n");
    assertThat(replayed("--config", config.toString(), capture.toString()).lines())
        .anyMatch(line -> line.matches("Not in the capture +Rules that look for it"))
        .anyMatch(line -> line.matches("record of GatewayLogs.* gateway-probing"))
        .anyMatch(line -> line.matches("call of an API +impossible-travel, token-replay.*"))
        .anyMatch(line -> line.matches("alert of Defender +defender-corroboration"))
        .noneMatch(line -> line.matches("(record|call|alert) of .*(password-spray|waf-|vault-).*"));
  }

  @Test
  void namesAFewOfManyLogsAndRules() throws Exception {
    Path capture =
        Files.writeString(
            folder.resolve("a.jsonl"),
            """
            {"time":"2026-11-20T08:05:00Z","category":"AuditEvent","resourceId":"/subscriptions/1/vaults/kv","operationName":"SecretGet","resultType":"Success","callerIpAddress":"203.0.113.7","properties":{"httpStatusCode":200}}
            """);
    assertThat(replayed(capture.toString()).lines())
        .anyMatch(
            line -> line.matches("record of \\w+, \\w+, \\w+ and \\d+ more +impossible-travel.*"));
  }

  @Test
  void saysThatRulesHaveLearnedNothing_whereFromLeavesRecordsOut() throws Exception {
    Path capture =
        Files.writeString(
            folder.resolve("a.jsonl"),
            SIGN_IN.formatted("2026-11-20T08:05:00Z")
                + SIGN_IN
                    .formatted("2026-11-21T08:05:00Z")
                    .replace("2026-11-20", "2026-11-21")
                    .replace("555501", "555502"));
    String note = "Rules have learned nothing from records before --from";
    assertThat(replayed("--from", "2026-11-21", capture.toString())).contains(note);
    assertThat(replayed("--from", "2026-11-20", capture.toString())).doesNotContain(note);
    assertThat(replayed("--to", "2026-11-21", capture.toString())).doesNotContain(note);
  }

  @Test
  void printsTheOwnerAndTheEndOfEachException() throws Exception {
    Path capture =
        Files.writeString(folder.resolve("a.jsonl"), SIGN_IN.formatted("2026-11-20T08:05:00Z"));
    Files.writeString(
        folder.resolve("exceptions.yaml"),
        """
        exceptions:
          - {id: backup, rule: vault-outside, principal: cd3c2e91, reason: backups, owner: ops team, expires: 2099-12-31}
        """);
    Path config =
        Files.writeString(folder.resolve("lockstep.yaml"), "exceptions: exceptions.yaml\n");
    assertThat(replayed("--config", config.toString(), capture.toString()).lines())
        .anyMatch(
            line -> line.matches("backup +vault-outside +ops team +2099-12-31T00:00Z +0 +0 .*"));
  }

  @Test
  void refusesATimeSpanWithNothingInIt_withCode2() {
    assertThat(command.execute("replay", "--from", "2026-11-02", "--to", "2026-11-02", "x.jsonl"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString()).contains("give an earlier --from or a later --to");
  }

  @Test
  void saysBeforeItReads_thatTheOutputCannotBeWritten() {
    int code =
        command.execute("replay", "--output", folder + "/nowhere/out.jsonl", "no-such-capture");
    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("nowhere");
  }

  @Test
  void endsWith1AndNamesTheRule_whereOneFailed() {
    DetectionCounters counters = new DetectionCounters();
    counters.failed("broken-rule", "judge", new IllegalStateException("no"));
    counters.failed("broken-rule", "tell", new IllegalStateException("no"));
    Replay.Result result =
        new Replay.Result(
            List.of(),
            new IngestCounts(),
            new FirstRejections(),
            counters,
            GeoDatabases.none(),
            0,
            0,
            0,
            List.of(),
            List.of());
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int code = ReplayCommand.end(result, new PrintStream(said, true, StandardCharsets.UTF_8));
    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("could not judge everything", "broken-rule", "failures: 2", "enabled: false")
        .hasLineCount(1);
    assertThat(new ReplaySummary(result, 1, null).json())
        .contains("\"ruleFailures\":{\"broken-rule\":2}");
  }

  @Test
  void printsTheCommandThatExplainsTheFirstIncident() throws Exception {
    BundledCapture capture = new BundledCapture(folder);
    List<String> lines = capture.run("replay", "{}").out().lines().toList();
    int table = 0;
    while (!lines.get(table).startsWith("Severity  Incident  Start ")) {
      table++;
    }
    assertThat(lines.get(table + 1)).matches("High +[0-9a-f]{8} +[0-9-]{10} [0-9:]{5}Z .*");
    String id = lines.get(table + 1).split(" +", -1)[1];
    String printed =
        lines.stream().filter(line -> line.contains("--incident")).findFirst().orElseThrow();
    assertThat(printed).startsWith("  lockstep explain --config ");
    Ran explained = Ran.run(printed.strip().substring("lockstep ".length()).split(" ", -1));
    assertThat(explained.code()).as(explained.err()).isEqualTo(ExitCode.DONE);
    assertThat(explained.out()).contains(id);

    String part = capture.run("replay", "{}", "--from", "2026-11-01").out();
    assertThat(part).contains("lockstep explain --incident ID shows one.");
  }

  @Test
  void printsTheSpeedOfManyRecordsOnly() throws Exception {
    String record = "{\"category\":\"x\"}\n";
    Path capture = Files.writeString(folder.resolve("capture.jsonl"), record.repeat(999));
    assertThat(Ran.run("replay", "--quiet", capture.toString()).out())
        .contains("999")
        .doesNotContain(" a second");
    Files.writeString(capture, record.repeat(1_000));
    assertThat(Ran.run("replay", "--quiet", capture.toString()).out()).contains(" a second");
  }

  @Test
  void saysFirst_thatNoRecordCouldBeRead() throws Exception {
    Path page = Files.writeString(folder.resolve("page.md"), "# A page\n\nNo logs.\n");
    String said =
        "No record of the input could be read: all 2 were rejected. Lockstep reads Event Hubs";
    Ran ran = Ran.run("replay", "--quiet", page.toString());
    assertThat(ran.code()).isEqualTo(ExitCode.DONE_WITH_REJECTIONS);
    assertThat(ran.out())
        .startsWith(said)
        .contains("see \"Input\" in docs/replay.md", "not-json")
        .doesNotContain("Detections by rule", "GeoIP");
    assertThat(replayed(page.toString())).doesNotContain("no networks file is configured");
    assertThat(replayed("--decode-only", page.toString())).contains(said);
    assertThat(replayed("--json", page.toString())).containsOnlyOnce(said);
    assertThat(replayed("--output", "-", page.toString()))
        .as("once on standard error")
        .containsOnlyOnce(said);
    assertThat(replayed(page.toString()).lines().filter(line -> line.startsWith(said)))
        .as("on standard output and on standard error")
        .hasSize(2);

    Files.writeString(page, "No logs.\n{\"category\":\"x\"}\n");
    assertThat(replayed(page.toString()))
        .as("one record is ignored")
        .doesNotContain("No record of the input could be read");
    Files.writeString(page, SIGN_IN.formatted("soon"));
    assertThat(replayed(page.toString()))
        .as("the form of the record is one that is read")
        .contains("bad-time")
        .doesNotContain("No record of the input could be read");
  }

  @Test
  void decodesOnly_ifAsked() throws Exception {
    Path capture = Files.writeString(folder.resolve("capture.jsonl"), "{\"category\":\"x\"}\n");
    assertThat(command.execute("replay", "--quiet", "--decode-only", capture.toString()))
        .isEqualTo(ExitCode.DONE);
    assertThat(
            command.execute(
                "replay", "--decode-only", "--output", folder + "/o.jsonl", capture.toString()))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString()).contains("--decode-only runs no rule");
    assertThat(folder.resolve("o.jsonl")).doesNotExist();
  }

  @Test
  void refusesATimeThatIsNone_withCode2() {
    assertThat(command.execute("replay", "--from", "yesterday", "capture.jsonl"))
        .isEqualTo(ExitCode.WRONG_USAGE);
  }
}
