package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.process.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options that {@code run} refuses before it reads a configuration. */
class RunCommandTest {
  @Test
  void saysThatAFileIsNoStartPosition(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("found.jsonl"), "");

    Ran ran = Ran.run("run", "--from", file.toString());

    assertThat(ran.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(ran.err())
        .contains(
            "could not use --from: \""
                + file
                + "\" is a file, and not a start position; give earliest, latest");
  }
}
