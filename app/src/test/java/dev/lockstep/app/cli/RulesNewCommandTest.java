package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.process.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
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
              "move its file to a folder that has only rules, and name that folder in %s, as"
                  .formatted(config))
          .as("the current folder may have any files")
          .doesNotContain("[" + here + "]");
    } finally {
      Files.deleteIfExists(written);
    }
  }

  @Test
  void saysTheIdOfARuleInJava_whereItIsNotItsName() throws Exception {
    for (String[] each : new String[][] {{"MadeByTest", "made-by-test"}, {"made-by-another", ""}}) {
      Path made = Path.of("").toAbsolutePath().resolve(each[0]);
      try {
        Ran ran = Ran.run("rules", "new", "--java", each[0]);
        assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
        assertThat(made).isDirectory();
        if (each[1].isEmpty()) {
          assertThat(ran.out()).doesNotContain("the id of");
        } else {
          assertThat(ran.out())
              .contains("the id of the rule is " + each[1] + ", because the id of");
        }
      } finally {
        delete(made);
      }
    }
  }

  private static void delete(Path made) throws IOException {
    try (Stream<Path> all = Files.walk(made)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
