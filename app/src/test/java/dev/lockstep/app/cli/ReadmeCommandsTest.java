package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the README are understood, and those about the demo's logs work. */
class ReadmeCommandsTest {
  private static final String PROGRAM = "./lockstep ";
  private static final Set<String> ABOUT_LOGS = Set.of("replay", "explain", "sweep");

  @TempDir private Path folder;

  private static List<String> commands() throws IOException {
    return Files.readAllLines(Path.of("..", "README.md"), UTF_8).stream()
        .filter(line -> line.startsWith(PROGRAM))
        .map(line -> line.substring(PROGRAM.length()))
        .toList();
  }

  @Test
  void eachIsUnderstood() throws IOException {
    assertThat(commands()).hasSizeGreaterThan(3).first().isEqualTo("demo --output demo");
    for (String command : commands()) {
      assertThat(Main.commandLine().parseArgs(command.split(" ", -1)).subcommand())
          .as(command)
          .isNotNull();
    }
  }

  @Test
  void theTableHasEveryCommand() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"), UTF_8);
    for (String command : Main.commandLine().getSubcommands().keySet()) {
      if (!command.equals("version")) {
        assertThat(readme.contains("`" + command + "`") || readme.contains("`" + command + " "))
            .as("the table of commands of README.md has `%s`", command)
            .isTrue();
      }
    }
  }

  @Test
  void thoseAboutTheLogsOfTheDemo_work() throws IOException {
    String capture = Path.of("src", "main", "resources", "demo").toString();
    List<String> ran = new ArrayList<>();
    for (String command : commands()) {
      String name = command.substring(0, command.indexOf(' '));
      if (ABOUT_LOGS.contains(name)) {
        String here =
            command
                .replace("demo/capture", capture)
                .replace(" found.", " " + folder.resolve("found."));
        Ran run = Ran.run(here.split(" ", -1));
        assertThat(run.code()).as(command + ": " + run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).as(command).isNotBlank();
        ran.add(name);
      }
    }
    assertThat(ran).containsExactlyInAnyOrderElementsOf(ABOUT_LOGS);
    assertThat(folder.resolve("found.html")).isNotEmptyFile();
    assertThat(folder.resolve("found.jsonl")).content().contains("malte.kruse2");
  }
}
