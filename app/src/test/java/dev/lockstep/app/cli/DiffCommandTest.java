package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.process.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiffCommandTest {
  @TempDir private Path folder;

  private static String line(String id, String severity, String reason, int count) {
    return """
    {"id":"%s","revision":1,"rule":"token-replay","ruleVersion":1,"reason":"%s","severity":"%s",\
    "title":"Token of \\u001b[2J%s","description":"","principal":{"id":"p","name":"kim@example.com","type":"user"},\
    "startTime":"2026-11-19T10:00:00.000Z","endTime":"2026-11-19T11:00:00.000Z","count":%d,\
    "evidence":[{"category":"SignInLogs","eventId":"e","mattered":{"a":"b"}}],"later":{"x":[1]}}
    """
        .formatted(id, reason, severity, id, count);
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Test
  void namesWhatAppearedIsGoneAndChanged_andEndsWith4OnlyIfAsked() throws IOException {
    String before =
        file(
            "a",
            line("one", "High", "r", 1) + line("two", "Low", "r", 1) + line("x", "Low", "r", 1));
    String after =
        file(
            "b",
            line("x", "Low", "r", 1)
                + line("one", "Medium", "s", 2)
                + line("three", "Low", "r", 1));
    Ran text = Ran.run("diff", before, after);
    assertThat(text.code()).isEqualTo(ExitCode.DONE);
    assertThat(text.out())
        .containsPattern("a\\s+has\\s+3\\s+findings,\\s+\\S+b\\s+has\\s+3\\s+findings\\.")
        .contains("token-replay         1     1        1     1")
        .contains("Token of \\u001b[2Jthree", "kim@example.com", "2026-11-19")
        .contains("severity High -> Medium, reason r -> s, count 1 -> 2")
        .doesNotContain("\u001b");
    Ran json = Ran.run("diff", "--json", "--exit-code", before, after);
    assertThat(json.code()).isEqualTo(ExitCode.DIFFERS);
    assertThat(json.out().lines()).hasSize(1);
    JsonNode found = new ObjectMapper().readTree(json.out());
    assertThat(found.path("byRule").path("token-replay").toString())
        .isEqualTo("{\"appeared\":1,\"gone\":1,\"changed\":1,\"same\":1}");
    assertThat(found.path("differences").findValuesAsText("change"))
        .containsExactly("appeared", "gone", "changed");
    assertThat(found.path("differences").get(2).path("was").toString())
        .isEqualTo("{\"severity\":\"High\",\"reason\":\"r\",\"count\":1,\"shadow\":false}");
    assertThat(Ran.run("diff", "--exit-code", before, before).code()).isEqualTo(ExitCode.DONE);
    assertThat(Ran.run("diff", "--exit-code", "--severity", "high", before, after).code())
        .isEqualTo(ExitCode.DIFFERS);
    assertThat(Ran.run("diff", "--exit-code", "--rule", "partner-ip-drift", before, after).code())
        .isEqualTo(ExitCode.DONE);
  }

  @Test
  void refusesARuleThatIsUnknown_andNamesTheNearest() throws IOException {
    String before = file("a", line("one", "High", "r", 1).replace("token-replay", "own_rule@fast"));
    String after = file("b", line("two", "Low", "r", 1));
    for (String known : List.of("own_rule@fast", "token-replay", "vault-outside")) {
      Ran ran = Ran.run("diff", "--rule", known, before, after);
      assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    }
    refusesRule("token-replya", "did you mean the rule token-replay?", before, after);
    refusesRule("vault-outsid", "did you mean the rule vault-outside?", before, after);
    refusesRule("own_rule@fas", "did you mean the rule own_rule@fast?", before, after);
    refusesRule(
        "nothing-alike", "lists, or give the configuration of the rule with", before, after);

    Files.createDirectory(folder.resolve("rules"));
    file(
        "rules/quiet.yml",
        """
        title: Quiet rule
        id: 11111111-0000-0000-0000-000000000001
        logsource: {product: azure, service: auditlogs}
        detection: {selection: {OperationName: Delete user}, condition: selection}
        """);
    String config = file("lockstep.yaml", "rules: {directories: rules}\n");
    Ran configured = Ran.run("diff", "--rule", "quiet", "--config", config, before, after);
    assertThat(configured.code()).as(configured.err()).isEqualTo(ExitCode.DONE);
  }

  private static void refusesRule(String rule, String fix, String before, String after) {
    Ran ran = Ran.run("diff", "--exit-code", "--rule", "token-replay," + rule, before, after);
    assertThat(ran.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .contains(
            "could not use --rule: neither file has findings of a rule \"%s\", and the configuration has no such rule; "
                .formatted(rule),
            fix);
  }

  @Test
  void readsAPipe_asAShellPutsItInPlaceOfACommand() throws Exception {
    String plain = file("plain", line("one", "High", "r", 1));
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Process writer =
        new ProcessBuilder("sh", "-c", "cat plain >pipe").directory(folder.toFile()).start();
    try {
      Ran ran = Ran.run("diff", "--exit-code", plain, pipe.toString());
      assertThat(ran.err()).isEmpty();
      assertThat(ran.code()).isEqualTo(ExitCode.DONE);
    } finally {
      writer.destroy();
    }
  }

  @Test
  void readsGzip_aByteOrderMark_blankLines_rowsOfSentinel_andALastLineWithoutEnd()
      throws IOException {
    String plain = file("plain", line("one", "High", "r", 1) + line("two", "Low", "r", 1));
    Path gzip = folder.resolve("gzip");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
      out.write(("\ufeff" + line("one", "High", "r", 1) + "\r\n \n").getBytes(UTF_8));
    }
    try (OutputStream out =
        new GZIPOutputStream(
            Files.newOutputStream(gzip, java.nio.file.StandardOpenOption.APPEND))) {
      out.write(line("two", "Low", "r", 1).strip().getBytes(UTF_8));
    }
    assertThat(Ran.run("diff", "--exit-code", plain, gzip.toString()).code())
        .isEqualTo(ExitCode.DONE);
    String row =
        """
        {"TimeGenerated":"2026-11-20T00:00:00.000Z","DetectionId":"%s","Revision":%d,"Rule":"token-replay","Reason":"%s","Severity":"%s","AlertTitle":"t","StartTime":"2026-11-19T10:00:00.000Z","EndTime":"2026-11-19T11:00:00.000Z","Count":1}
        """;
    String rows =
        file(
            "rows",
            row.formatted("gone", 2, "withdrawn", "Informational")
                + row.formatted("gone", 1, "r", "High")
                + row.formatted("one", 2, "r", "High")
                + row.formatted("one", 1, "r", "Low")
                + row.formatted("two", 1, "r", "Low"));
    assertThat(Ran.run("diff", "--exit-code", plain, rows).code()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void refusesAFileInOneLine_withFileAndLine() throws IOException {
    String good = file("good", line("one", "High", "r", 1));
    String whole = line("one", "High", "r", 1);
    refuses(good, file("half", whole + whole.substring(0, 100)), "half:2: the line is cut off");
    refuses(good, file("two", whole.strip() + whole), "two:1: the line has text after its");
    refuses(
        good,
        file("none", "{\"category\":\"SignInLogs\"}\n"),
        "none:1: the line is not a detection");
    refuses(good, file("text", whole + "\n\nnot JSON\n"), "text:4: the line is not JSON");
    refuses(good, file("array", "[]\n"), "array:1: the line is not a JSON object");
    refuses(
        good,
        file("older", whole + whole.replace("\"reason\":\"r\",", "")),
        "older:2: the detection has no reason, so the line is incomplete or was written by"
            + " another version");
    refuses(
        good,
        file("newer", whole.replace("\"High\"", "\"Critical\"")),
        "newer:1: the detection's severity \"Critical\" is unknown in this version");
    refuses(
        good,
        file("time", whole.replace("2026-11-19T10", "tomorrow")),
        "time:1: the detection's startTime");
    refuses(
        good,
        file("count", whole.replace("\"count\":1", "\"count\":-1")),
        "count:1: the detection's count");
    refuses(good, folder.resolve("missing").toString(), "does not exist");
    refuses(good, folder.toString(), "is a folder");
    Path cut = folder.resolve("cut.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(cut))) {
      out.write(whole.getBytes(UTF_8));
    }
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length - 20));
    refuses(good, cut.toString(), "cut.gz:1: the gzip stream is cut off at this line, or damaged");
  }

  private static void refuses(String good, String bad, String message) {
    for (String[] files : new String[][] {{good, bad}, {bad, good}}) {
      Ran ran = Ran.run("diff", "--json", files[0], files[1]);
      assertThat(ran.code()).as(message).isEqualTo(ExitCode.FAILED);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err().lines())
          .singleElement()
          .asString()
          .contains(
              "could not read detections: ",
              message,
              "; name a complete file that the command replay --output");
    }
  }

  @Test
  void refusesALineWithoutEnd_beforeItFillsTheHeap() throws IOException {
    Path endless = folder.resolve("endless");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(endless))) {
      byte[] block = new byte[1 << 20];
      java.util.Arrays.fill(block, (byte) ' ');
      for (int i = 0; i < 17; i++) {
        out.write(block);
      }
    }
    refuses(
        file("good", line("one", "High", "r", 1)),
        endless.toString(),
        "endless:1: the line is longer than 16 MiB");
  }

  @Test
  void refusesWrongUsage() {
    assertThat(Ran.run("diff", "one").code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(Ran.run("diff", "-", "-").code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(Ran.run("diff", "--severity", "loud", "a", "b").code())
        .isEqualTo(ExitCode.WRONG_USAGE);
  }
}
