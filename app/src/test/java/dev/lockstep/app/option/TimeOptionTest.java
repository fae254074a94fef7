package dev.lockstep.app.option;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class TimeOptionTest {
  @ParameterizedTest
  @ValueSource(strings = {"tomorrow", "+900000000-01-01T00:00:00Z"})
  void refusesAnOptionThatIsNone_byItsName(String text) {
    CommandLine.Model.CommandSpec spec = Main.commandLine().getCommandSpec();
    assertThatThrownBy(() -> TimeOption.millis(spec, "--to", text))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("could not use --to: \"" + text + "\" is not a time");
  }

  @Test
  void saysThatAFileIsNoTime(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("found.jsonl"), "");
    CommandLine.Model.CommandSpec spec = Main.commandLine().getCommandSpec();
    assertThatThrownBy(() -> TimeOption.millis(spec, "--from", file.toString()))
        .hasMessageContaining("could not use --from: \"" + file + "\" is a file, and not a time;")
        .hasMessageEndingWith(", and name files without an option");
  }
}
