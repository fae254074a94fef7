package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.InstalledProgram;
import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Manual pages of all commands, as man, groff and mandoc read them. */
class ManualPagesTest {
  @TempDir Path folder;
  private Path pages = Path.of("");

  @BeforeEach
  void writePages() {
    pages = folder.resolve("man1");
    Ran ran = Ran.run("man", "--output", pages.toString());
    assertThat(ran.code()).isEqualTo(ExitCode.DONE);
    assertThat(ran.out()).startsWith("wrote ").contains(" pages to ");
  }

  private static List<CommandLine> commands() {
    List<CommandLine> all = new ArrayList<>();
    add(Main.commandLine(), all);
    return all;
  }

  private static void add(CommandLine command, List<CommandLine> all) {
    all.add(command);
    command.getSubcommands().values().forEach(each -> add(each, all));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(pages)) {
      return files.sorted().toList();
    }
  }

  @Test
  void thereIsOneForEachCommand_withAllItsOptions() throws IOException {
    List<CommandLine> commands = commands();
    assertThat(files()).hasSameSizeAs(commands);
    for (CommandLine command : commands) {
      String name = command.getCommandSpec().qualifiedName("-");
      String page = Files.readString(pages.resolve(name + ".1"));
      assertThat(page).startsWith(".TH \"").contains(".SH \"NAME\"\n" + name.replace("-", "\\-"));
      for (OptionSpec option : command.getCommandSpec().options()) {
        assertThat(page).contains(option.longestName().replace("-", "\\-"));
      }
      for (CommandLine below : command.getSubcommands().values()) {
        assertThat(page).contains(".TP\n\\fB" + below.getCommandName().replace("-", "\\-"));
      }
    }
  }

  @Test
  void oneIsPrinted_wordByWord() throws IOException {
    assertThat(Ran.run("man", "rules", "list").out())
        .isEqualTo(Files.readString(pages.resolve("lockstep-rules-list.1")));
    assertThat(Ran.run("man").out()).isEqualTo(Files.readString(pages.resolve("lockstep.1")));
    Ran none = Ran.run("man", "replays");
    assertThat(none.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(none.err())
        .contains("could not show the manual page: lockstep has no command \"replays\"");
  }

  @Test
  void aSynopsisIsOneLine_andNoTextIsARequest() throws IOException {
    for (Path file : files()) {
      assertThat(Files.readAllLines(file))
          .as(file.toString())
          .allMatch(line -> !line.startsWith("'"))
          .filteredOn(line -> line.startsWith("."))
          .allMatch(line -> line.matches("[.](TH|SH|TP|BR|nh|ad)\\b.*"));
    }
    assertThat(Files.readString(pages.resolve("lockstep-replay.1")))
        .contains("[\\-\\-severity=LEVEL[,LEVEL...]]... PATH...\n");
  }

  @Test
  void theDebianPackageTakesEachPage() throws IOException {
    Matcher line =
        Pattern.compile("includes: \\[(.*)]")
            .matcher(Files.readString(Path.of("../jreleaser.yml")));
    assertThat(line.find()).isTrue();
    List<PathMatcher> patterns =
        Pattern.compile(", ")
            .splitAsStream(line.group(1).replace("'", ""))
            .map(pattern -> FileSystems.getDefault().getPathMatcher("glob:" + pattern))
            .toList();
    for (Path file : files()) {
      Path packed = Path.of("/build/lockstep/man/man1").resolve(file.getFileName());
      assertThat(patterns)
          .as(file.toString())
          .anyMatch(each -> each.matches(packed) || each.matches(packed.getFileName()));
    }
  }

  @Test
  void groffFindsNothing_whereItIsInstalled() throws Exception {
    InstalledProgram groff = InstalledProgram.named("groff");
    for (Path file : files()) {
      assertThat(groff.run(folder, "-man", "-ww", "-z", file.toString())).isEmpty();
    }
  }

  @Test
  void mandocFindsNothing_whereItIsInstalled() throws Exception {
    InstalledProgram mandoc = InstalledProgram.named("mandoc");
    List<String> arguments = new ArrayList<>(List.of("-T", "lint", "-W", "error"));
    files().forEach(file -> arguments.add(file.toString()));
    assertThat(mandoc.run(folder, arguments.toArray(String[]::new))).isEmpty();
  }

  @Test
  void manShowsAPage_whereItIsInstalled() throws Exception {
    InstalledProgram man = InstalledProgram.named("man");
    assertThat(man.run(folder, "-l", pages.resolve("lockstep-rules-list.1").toString()))
        .contains("rules list [-hV] [--json]");
  }
}
