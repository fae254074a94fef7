package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ExplainCommandTest {
  private final StringWriter err = new StringWriter();
  private final CommandLine command = Main.commandLine().setErr(new PrintWriter(err));

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
    assertThat(command.execute("explain", "--ip", "192.0.2.300", "capture.jsonl"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString()).contains("192.0.2.300");
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
        .contains("\"0123456789\" is not among the findings of", "found.jsonl");
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
                + " the 1 records");
  }
}
