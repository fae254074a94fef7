package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ExplainCommandTest {
  private static final String CALL =
      "{'category':'SignInLogs','time':'2026-11-14T01:51:02Z','properties':{%s'userPrincipalName':'ada@contoso.example','userId':'5f0e7f5e-5b34-4b1f-a1c7-1a2b3c4d5e6f','ipAddress':'198.51.100.7'}}\n";
  private static final String NO_ID =
      (CALL.formatted("") + CALL.formatted("'id':'6f0e7f5e-5b34-4b1f-a1c7-1a2b3c4d5e6f',"))
          .replace('\'', '"');

  private final StringWriter err = new StringWriter();
  private final CommandLine command = Main.commandLine("explain").setErr(new PrintWriter(err));

  @TempDir Path folder;

  @Test
  void isWrongUsage_withoutASubjectOrWithTwo_orWithoutAPath() {
    assertThat(command.execute("explain", "capture.jsonl")).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(command.execute("explain", "--token", "x", "--ip", "192.0.2.1", "capture.jsonl"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(command.execute("explain", "--vault", "x", "--app", "y", "capture.jsonl"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(command.execute("explain", "--token", "x")).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(command.execute("explain", "--principal", " ", "capture.jsonl"))
        .isEqualTo(ExitCode.WRONG_USAGE);
  }

  @Test
  void isWrongUsage_whereATimeOrAnAddressIsNone() {
    assertThat(command.execute("explain", "--ip", "192.0.2.1", "--at", "noon", "capture.jsonl"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString()).contains("--at").contains("noon").contains("2026-11-19T10:02Z");
    String far = "+999999999-12-31T00:00:00Z";
    assertThat(command.execute("explain", "--ip", "192.0.2.1", "--at", far, "capture.jsonl"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString()).contains(far + "\" is not a time");
    assertThat(command.execute("explain", "--ip", "192.0.2.300", "capture.jsonl"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString()).contains("192.0.2.300");
  }

  @Test
  void doesNotCountTheIdAndTheNameOfARoleAsTwo() throws Exception {
    BundledCapture capture = new BundledCapture(folder);
    String principal = "cf4d9a73-ec44-4c2d-a19f-43bd2c89581c";
    String rules = "{}\nestate: {privileged: [{name: reader, operations: [Add member to role]}]}";
    String explained = capture.run("explain", rules, "--all", "--principal", principal).out();
    assertThat(String.join(" ", explained.split("\\s+", -1)))
        .contains(", roles f2ef992c-3afb-46b9-b7cf-a126ee74c451, global reader")
        .doesNotContain("2 roles");
  }

  @Test
  void saysThatAlertsRaisedAFinding_whoseComparisonFiresLower() throws Exception {
    BundledCapture capture = new BundledCapture(folder);
    String principal = "hauke.iben@northwindtraders.example";
    String explained = capture.run("explain", "{}", "--principal", principal).out();
    assertThat(explained.replaceAll("\\s+", " "))
        .contains("FIRES, LOW: attempt;")
        .contains(" raised by one level, since Defender confirms it Defender: ");
  }

  @Test
  void saysInWords_whatEventsThatWereNotComparedAreCountedAs() throws Exception {
    String signIn =
        "{'time':'2026-11-14T01:51:02Z','category':'%sSignInLogs','properties':{'id':'%s','createdDateTime':'2026-11-14T01:51:02Z',%s,'ipAddress':'198.51.100.7'}}\n";
    String capture =
        signIn.formatted(
                "ServicePrincipal", "w-1", "'servicePrincipalId':'w','status':{'errorCode':0}")
            + signIn.formatted("", "s-1", "'userId':'u'");
    Path file = Files.writeString(folder.resolve("c.jsonl"), capture.replace('\'', '"'));

    assertThat(unused(file, "w")).contains("impossible-travel: only counted, as not a user");
    assertThat(unused(file, "u"))
        .contains(" 1 failed sign-in 01:51:02 from 198.51.100.7; impossible-travel: the rule does");
  }

  private static String unused(Path capture, String principal) {
    String out = Ran.run("explain", "--principal", principal, capture.toString()).out();
    return out.substring(out.indexOf("EVENTS NEVER COMPARED")).replaceAll("\\s+", " ");
  }

  @Test
  void fails_whereNothingThatWasReadHasTheName() throws Exception {
    String capture =
        Files.writeString(folder.resolve("c.jsonl"), "{\"category\":\"x\"}\n").toString();
    for (String option :
        new String[] {"--principal", "--partner", "--token", "--session", "--vault", "--app"}) {
      err.getBuffer().setLength(0);
      assertThat(command.execute("explain", "--quiet", option, "nobody", capture))
          .isEqualTo(ExitCode.FAILED);
      assertThat(err.toString()).startsWith("could not explain " + option + ": \"nobody\"");
    }
  }

  @Test
  void namesNobodyWhoIsNear_inARedactedMessage() throws Exception {
    String capture = Files.writeString(folder.resolve("c.jsonl"), NO_ID).toString();
    assertThat(command.execute("explain", "--quiet", "--principal", "ada", capture))
        .isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("the nearest is", "ada@contoso.example");
    err.getBuffer().setLength(0);
    assertThat(command.execute("explain", "--quiet", "--redact", "--principal", "ada", capture))
        .isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("the nearest is").doesNotContain("contoso");
  }

  @Test
  void refusesADetectionThatIsNone(@TempDir Path folder) throws Exception {
    assertThat(command.execute("explain", "--detection", " ", "capture.jsonl"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(command.execute("explain", "--ip", "192.0.2.1", "--detections", "f", "c.jsonl"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    String file = Files.writeString(folder.resolve("found.jsonl"), "").toString();
    assertThat(
            command.execute(
                "explain", "--detection", "0123456789", "--detections", file, "c.jsonl"))
        .isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("\"0123456789\" is not among the findings of", "found.jsonl")
        .contains(
            "; check the id, which",
            ", or use --detections to give the file that contains the finding")
        .doesNotContain("whole id", "another run");
  }

  @Test
  void saysHowMuchOfAnIdIsNeeded_andCountsWhatCouldNotBeRead() throws Exception {
    String capture = Files.writeString(folder.resolve("c.jsonl"), NO_ID).toString();
    for (String option : new String[] {"--detection", "--incident"}) {
      err.getBuffer().setLength(0);
      assertThat(command.execute("explain", "--quiet", option, "abc", capture))
          .isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(err.toString())
          .startsWith(
              "could not explain %s: \"abc\" is too short for the beginning of an id; give at least 8 characters"
                  .formatted(option));
    }
    PrintStream before = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, UTF_8));
    try {
      command.execute("explain", "--quiet", "--ip", "198.51.100.7", capture);
    } finally {
      System.setErr(before);
    }
    assertThat(said.toString(UTF_8)).contains("may be incomplete: 1 no-id; ");
  }

  @Test
  void refusesATextThatIsNoId_beforeAnythingIsRead() {
    for (String option : new String[] {"--detection", "--incident"}) {
      err.getBuffer().setLength(0);
      assertThat(command.execute("explain", option, "57c8632", "none.jsonl"))
          .isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(command.execute("explain", option, "zzz", "none.jsonl"))
          .isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(err.toString())
          .contains("could not explain " + option + ": \"57c8632\" is too short for the beginning")
          .contains("could not explain " + option + ": \"zzz\" cannot be an id, which has 32")
          .doesNotContain("none.jsonl");
    }
  }

  @Test
  void saysThatOnlyAPathIsTaken_whereRuleIsAnId() {
    assertThat(command.execute("explain", "--rule", "token-replay", "--ip", "192.0.2.1", "c.jsonl"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString())
        .contains(
            "could not use --rule: there is no file or folder \"token-replay\"; name a file that"
                + " ends in .yml, a folder with such files, or a jar;",
            "leave out --rule, since explain shows all of these rules");
  }

  @Test
  void showsThePartOfAPrincipal_alsoWhereTheOtherFactIsOfAnotherDay() throws Exception {
    String call =
        "{'time':'%1$sZ','category':'GatewayLogs','correlationId':'%1$s','callerIpAddress':'198.51.100.7','properties':{'responseCode':200,'traceRecords':[{'source':'lockstep','data':{'v':1,'oid':'%2$s','idtyp':'user','uti':'4AQlP4lP00GaDAMF6CwzAQ'}}]}}\n";
    String early = "11111111-aaaa-bbbb-cccc-000000000001";
    String late = "11111111-aaaa-bbbb-cccc-000000000002";
    String capture =
        Files.writeString(
                folder.resolve("c.jsonl"),
                (call.formatted("2026-11-14T23:59:00", early)
                        + call.formatted("2026-11-15T00:01:00", late))
                    .replace('\'', '"'))
            .toString();
    for (String principal : new String[] {early, late}) {
      assertThat(explained("--all", "--principal", principal, capture))
          .contains("FIRES, HIGH: wrong-principal", "A of 11-14 and A  FIRES");
      assertThat(explained("--json", "--principal", principal, capture))
          .contains(
              "\"by\":[\"wrong-principal\"]",
              "\"facts\":[\"2026-11-14/A\",\"2026-11-15/A\"]",
              "\"label\":\"2026-11-14/A\"",
              "\"label\":\"2026-11-15/A\"");
    }
  }

  private String explained(String... options) throws Exception {
    List<String> line = new ArrayList<>(List.of("explain", "--quiet"));
    line.addAll(List.of(options));
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      assertThat(command.execute(line.toArray(String[]::new))).isEqualTo(ExitCode.DONE);
    } finally {
      System.setOut(before);
    }
    return out.toString(UTF_8);
  }

  @Test
  void printsWarningsAboutFilesAsSentences_notAsLinesOfALog() throws Exception {
    Path config = folder.resolve("lockstep.yaml");
    Files.writeString(config, "networks: networks.csv\nexceptions: exceptions.yaml\n");
    Files.writeString(folder.resolve("networks.csv"), "cidr,class\n");
    String capture = Files.writeString(folder.resolve("c.jsonl"), NO_ID).toString();
    String subject = "ada@contoso.example";
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(said, true, UTF_8));
    try {
      for (String[] call :
          new String[][] {
            {"explain", "--quiet", "--config", config + "", "--principal", subject, capture},
            {"replay", "--quiet", "--config", config + "", capture}
          }) {
        said.reset();
        Main.commandLine(call).setErr(new PrintWriter(err)).execute(call);
        assertThat(said.toString(UTF_8).lines().toList())
            .as(call[0])
            .anyMatch(line -> line.startsWith(folder.resolve("networks.csv") + " has 0 rows, so"))
            .anyMatch(line -> line.startsWith("no exception is in effect: neither the exceptions"))
            .noneMatch(line -> line.contains("[WARN]"));
      }
    } finally {
      System.setErr(before);
    }
  }

  @Test
  void refusesAnIncidentThatIsNone() throws Exception {
    assertThat(command.execute("explain", "--incident", " ", "capture.jsonl"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(command.execute("explain", "--incident", "0123456789", "--at", "2026-11-19", "c"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString()).contains("could not use --at: an incident is always shown whole");
    assertThat(
            command.execute("explain", "--incident", "0123456789", "--detections", "f", "c.jsonl"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    String capture =
        Files.writeString(folder.resolve("c.jsonl"), "{\"category\":\"x\"}\n").toString();
    assertThat(command.execute("explain", "--quiet", "--incident", "0123456789", capture))
        .isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains(
            "could not explain --incident: \"0123456789\" is not among the incidents of a replay of"
                + " the one record that was read")
        .contains("; check the id, which")
        .doesNotContain("whole id");
  }
}
