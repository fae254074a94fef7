package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.InstalledProgram;
import dev.lockstep.app.Main;
import dev.lockstep.app.option.SeverityLevel;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.schemas.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Habits of command lines: help and version as commands, completion, and JSON of every table. */
class HabitsTest {
  /** Commands that print no table: those that start something, print a file, or write one. */
  private static final Set<String> WITHOUT_TABLE =
      Set.of(
          "lockstep run",
          "lockstep broker",
          "lockstep play",
          "lockstep capture",
          "lockstep records",
          "lockstep config schema",
          "lockstep rules docs",
          "lockstep rules new",
          "lockstep rules publish",
          "lockstep help",
          "lockstep version",
          "lockstep completion",
          "lockstep man");

  /** A terminal of zsh's own, in which a word is typed and completed. */
  private static final String TYPED_IN_ZSH =
      """
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell "source $1; echo lo''aded"
      zpty -r -m shell printed '*loaded*'
      zpty -n -w shell $'lockstep rules li\t\t'
      zpty -r -m shell printed '*lint*'
      zpty -d shell
      """;

  @TempDir private Path folder;

  private static void all(CommandLine command, List<CommandLine> into) {
    if (command.getSubcommands().isEmpty()) {
      into.add(command);
    }
    command.getSubcommands().values().forEach(each -> all(each, into));
  }

  private static List<CommandLine> commands() {
    List<CommandLine> all = new ArrayList<>();
    all(Main.commandLine(), all);
    return all;
  }

  @Test
  void everyCommandThatPrintsATable_hasJson() {
    Set<String> without = new TreeSet<>();
    for (CommandLine each : commands()) {
      if (each.getCommandSpec().findOption("--json") == null) {
        without.add(each.getCommandSpec().qualifiedName());
      }
    }
    assertThat(without).isEqualTo(WITHOUT_TABLE);
  }

  @Test
  void helpOfACommand_isWhatItsOptionPrints() {
    for (String[] words : new String[][] {{"replay"}, {"rules", "list"}, {"dead-letters"}}) {
      List<String> asked = new ArrayList<>(List.of("help"));
      asked.addAll(List.of(words));
      List<String> option = new ArrayList<>(List.of(words));
      option.add("--help");
      Ran help = Ran.run(asked.toArray(String[]::new));
      assertThat(help.code()).isEqualTo(ExitCode.DONE);
      assertThat(help.out())
          .isEqualTo(Ran.run(option.toArray(String[]::new)).out())
          .contains("Usage: lockstep " + String.join(" ", words));
    }
    assertThat(Ran.run("help").out()).isEqualTo(Ran.run("--help").out());
    Ran none = Ran.run("help", "rules", "lisst");
    assertThat(none.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(none.err()).contains("no command \"lisst\"; did you mean list?");
    assertThat(Ran.run("help", "nonsense").err())
        .contains("no command \"nonsense\"; lockstep help lists the commands");
    assertThat(Ran.run("help", "dead-letters", "nonsense").err())
        .contains("no command \"nonsense\"; lockstep help dead-letters lists the commands");
  }

  @Test
  void levelsOfOptions_areTheSeveritiesOfFindings() {
    assertThat(Stream.of(SeverityLevel.values()).map(SeverityLevel::severity))
        .containsExactly(Severity.values());
  }

  @Test
  void versionIsACommandToo() {
    Ran version = Ran.run("version");
    assertThat(version.code()).isEqualTo(ExitCode.DONE);
    assertThat(version.out()).isEqualTo(Ran.run("--version").out()).startsWith("lockstep ");
  }

  @Test
  void completionKnowsEveryCommandAndOption() {
    String bash = Ran.run("completion", "bash").out();
    String fish = Ran.run("completion", "fish").out();
    assertThat(Ran.run("completion", "zsh").out()).isEqualTo(bash).contains("bashcompinit");
    for (CommandLine each : commands()) {
      String name = each.getCommandName();
      assertThat(bash).containsPattern("[ \"]" + name + "[ \"]");
      assertThat(fish).contains(" -a " + name + " ");
      for (OptionSpec option : each.getCommandSpec().options()) {
        assertThat(bash).contains(option.longestName());
        assertThat(fish).contains(" -l " + option.longestName().substring(2));
      }
    }
    assertThat(bash)
        .contains("source <(lockstep completion bash)", "# Documentation")
        .doesNotContain("YOUR_APP_HOME");
    assertThat(fish).contains("-l severity -x -a 'Informational Low Medium High'");
    assertThat(Ran.run("completion", "powershell").code()).isEqualTo(ExitCode.WRONG_USAGE);
  }

  @Test
  void bashReadsItsCompletion() throws IOException, InterruptedException {
    Path script = folder.resolve("completion");
    Files.writeString(script, Ran.run("completion", "bash").out());
    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source \"$0\"; COMP_WORDS=(lockstep rules li); COMP_CWORD=2;"
                    + " _complete_lockstep; echo \"${COMPREPLY[@]}\"",
                script.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(new String(bash.getInputStream().readAllBytes(), UTF_8).strip())
        .isEqualTo("list lint");
  }

  @Test
  void zshReadsItsCompletion_whereItIsInstalled() throws Exception {
    Path script = Files.writeString(folder.resolve("script"), Ran.run("completion", "zsh").out());
    Path typed = Files.writeString(folder.resolve("typed"), TYPED_IN_ZSH);
    InstalledProgram.named("zsh").run(folder, "-f", typed.toString(), script.toString());
  }

  @Test
  void fishReadsItsCompletion_whereItIsInstalled() throws Exception {
    Path script = Files.writeString(folder.resolve("script"), Ran.run("completion", "fish").out());
    Files.writeString(folder.resolve("play.yaml"), "");
    InstalledProgram fish = InstalledProgram.named("fish");
    assertThat(completed(fish, script, "lockstep rules li")).containsExactly("lint", "list");
    assertThat(completed(fish, script, "lockstep help rules li")).containsExactly("lint", "list");
    assertThat(completed(fish, script, "lockstep run --role ")).contains("ingest", "detect");
    assertThat(completed(fish, script, "lockstep replay pl")).containsExactly("play.yaml");
    assertThat(completed(fish, script, "lockstep replay rules li")).isEmpty();
    assertThat(completed(fish, script, "lockstep play --sp")).contains("--speed");
    assertThat(completed(fish, script, "lockstep rules show li")).isEmpty();
  }

  private List<String> completed(InstalledProgram fish, Path script, String line) throws Exception {
    String command = "source '%s'; complete -C '%s'".formatted(script, line);
    return fish.run(folder, "-N", "-c", command)
        .lines()
        .map(each -> each.split("\t", -1)[0])
        .toList();
  }

  @Test
  void everyOptionHasADescriptionOfOneText_sinceAnotherWouldBeginAnUnindentedLine() {
    for (CommandLine each : commands()) {
      each.getCommandSpec()
          .options()
          .forEach(
              option ->
                  assertThat(option.description())
                      .as("%s %s", each.getCommandSpec().qualifiedName(), option.longestName())
                      .hasSizeLessThan(2));
    }
  }

  @Test
  void everyCommandBeginsItsHelpWithASentence_whichListsOfCommandsShowAlone() {
    for (CommandLine each : commands()) {
      assertThat(each.getCommandSpec().usageMessage().description()[0])
          .as(each.getCommandSpec().qualifiedName())
          .endsWith(".");
    }
  }
}
