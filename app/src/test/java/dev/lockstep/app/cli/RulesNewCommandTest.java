package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.process.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesNewCommandTest {
  @TempDir private Path folder;

  @Test
  void aNamedConfiguration_isThatOfTheNextSteps() throws Exception {
    Files.createDirectory(folder.resolve("rules"));
    Path config = Files.writeString(folder.resolve("mine.yaml"), "rules: {directories: [rules]}\n");
    Ran ran = Ran.run("rules", "new", "--config", config.toString(), "role_by_hand");
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    assertThat(ran.out())
        .contains("replay --config " + config + " FILE, where FILE is a capture of your logs");
  }

  @Test
  void aRuleOfTheCurrentFolder_isReplayedByItsPath() throws Exception {
    Path config = Files.writeString(folder.resolve("mine.yaml"), "metrics: {port: 0}\n");
    Path here = Path.of("").toAbsolutePath();
    Path written = here.resolve("made_by_a_test.yml");
    try {
      Ran ran = Ran.run("rules", "new", "--config", config.toString(), "made_by_a_test");
      assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
      assertThat(written).exists();
      assertThat(ran.out())
          .contains(
              "replay --config %s --rule made_by_a_test.yml FILE, where FILE is".formatted(config),
              "move it to a folder that has only rules, and name that folder in %s, as"
                  .formatted(config))
          .as("the current folder may have any files")
          .doesNotContain("[" + here + "]");
    } finally {
      Files.deleteIfExists(written);
    }
  }
}
