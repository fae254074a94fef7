package dev.lockstep.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReplayCommandTest {
  private final StringWriter err = new StringWriter();
  private final CommandLine command = Main.commandLine().setErr(new PrintWriter(err));

  @TempDir Path folder;

  @Test
  void leavesItsInputAlone_whereTheOutputIsTheSameFile() throws Exception {
    Path capture = Files.writeString(folder.resolve("capture.jsonl"), "{\"category\":\"x\"}\n");
    int code =
        command.execute(
            "replay", "--quiet", "--output", capture.toString(), folder + "/./capture.jsonl");
    assertThat(code).isEqualTo(Main.FAILED);
    assertThat(err.toString()).contains("it is an input");
    assertThat(capture).hasContent("{\"category\":\"x\"}");
  }

  @Test
  void leavesItsInputAlone_whereTheOutputIsAFileOfAFolderThatIsRead() throws Exception {
    Path capture = Files.writeString(folder.resolve("capture.jsonl"), "{\"category\":\"x\"}\n");
    int code =
        command.execute("replay", "--quiet", "--output", capture.toString(), folder.toString());
    assertThat(code).isEqualTo(Main.FAILED);
    assertThat(err.toString()).contains("it is an input");
    assertThat(capture).hasContent("{\"category\":\"x\"}");
  }

  @Test
  void refusesATimeSpanWithNothingInIt_withCode2() {
    assertThat(command.execute("replay", "--from", "2026-11-02", "--to", "2026-11-02", "x.jsonl"))
        .isEqualTo(Main.WRONG_USAGE);
    assertThat(err.toString()).contains("nothing lies between");
  }

  @Test
  void saysBeforeItReads_thatTheOutputCannotBeWritten() {
    int code =
        command.execute("replay", "--output", folder + "/nowhere/out.jsonl", "no-such-capture");
    assertThat(code).isEqualTo(Main.FAILED);
    assertThat(err.toString()).contains("nowhere");
  }

  @Test
  void refusesATimeThatIsNone_withCode2() {
    assertThat(command.execute("replay", "--from", "yesterday", "capture.jsonl"))
        .isEqualTo(Main.WRONG_USAGE);
  }
}
