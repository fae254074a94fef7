package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordsCommandTest {
  private static final String SIGN_IN =
      "{'time':'2026-11-02T08:00:10Z','category':'SignInLogs','properties':{'id':'s1',"
          + "'createdDateTime':'2026-11-02T08:00:00Z','userId':'U1','ipAddress':'192.0.2.7'}}\n";
  private static final String LINES =
      (SIGN_IN + "{'category':'SomeOtherLogs','time':'2026-11-02T08:00:00Z'}\n{'broken\n")
          .replace('\'', '"');

  @TempDir Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private int run(String... arguments) {
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      return Main.commandLine(arguments).execute(arguments);
    } finally {
      System.setOut(before);
    }
  }

  @Test
  void saysOfEachRecordWhatItIs_orWhyNot() throws Exception {
    Path capture = Files.writeString(folder.resolve("capture.jsonl"), LINES);
    int code = run("records", "--quiet", capture.toString());
    assertThat(code).isEqualTo(ExitCode.DONE_WITH_REJECTIONS);
    String[] lines = printed.toString(StandardCharsets.UTF_8).split("\n");
    assertThat(lines).hasSize(3);
    assertThat(lines[0])
        .startsWith("{\"outcome\":\"activity\",\"activity\":{\"kind\":\"SIGN_IN\"")
        .contains("\"id\":\"u1\"", "\"address\":\"192.0.2.7\"", "\"eventId\":\"s1\"");
    assertThat(lines[1]).isEqualTo("{\"outcome\":\"ignored\",\"category\":\"SomeOtherLogs\"}");
    assertThat(lines[2])
        .startsWith("{\"outcome\":\"rejected\",\"reason\":\"not-json\"")
        .contains("\"position\":3", "\"body\":\"{\\\"broken\"");
  }

  @Test
  void saysWhichFlawsARecordHas() throws Exception {
    String lists = SIGN_IN.replace("'U1'", "['U1']").replace('\'', '"');
    Path capture = Files.writeString(folder.resolve("capture.jsonl"), lists);
    run("records", "--quiet", capture.toString());
    assertThat(printed.toString(StandardCharsets.UTF_8)).endsWith("},\"flaws\":[\"bad-id\"]}\n");
  }

  @Test
  void showsTheOutcomesThatAreAskedFor() throws Exception {
    Path capture = Files.writeString(folder.resolve("capture.jsonl"), LINES);
    run("records", "--quiet", "--only", "ignored,quarantined", capture.toString());
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .isEqualTo("{\"outcome\":\"ignored\",\"category\":\"SomeOtherLogs\"}\n");
  }

  @Test
  void stopsReading_whereNobodyTakesWhatItPrints() throws Exception {
    Path capture = Files.writeString(folder.resolve("capture.jsonl"), LINES.repeat(5_000));
    AtomicInteger asked = new AtomicInteger();
    OutputStream gone =
        new OutputStream() {
          @Override
          public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
          }

          @Override
          public void write(byte[] some, int from, int length) throws IOException {
            asked.incrementAndGet();
            throw new IOException("broken pipe");
          }
        };
    PrintStream before = System.out;
    System.setOut(new PrintStream(gone, false, StandardCharsets.UTF_8));
    int code;
    try {
      code =
          Main.commandLine()
              .setErr(new PrintWriter(new StringWriter()))
              .execute("records", "--quiet", capture.toString());
    } finally {
      System.setOut(before);
    }
    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(asked.get()).as("a buffer of 64 KiB at a time, of 4 MB").isLessThan(20);
  }

  @Test
  void refusesAnOutcomeThatIsNone_withCode2() {
    assertThat(run("records", "--only", "lost", "capture.jsonl")).isEqualTo(ExitCode.WRONG_USAGE);
  }
}
