package dev.lockstep.app.cli;

import dev.lockstep.app.authoring.NewJavaRule;
import dev.lockstep.app.authoring.NewSigmaRule;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command {@code rules new}, which creates a rule to edit. */
@Command(
    name = "new",
    description = {
      "Creates a file with a Sigma rule to edit and its tests, one of which fails at first.",
      "The file is in the first folder of rules.directories, or else in the current folder.",
      "With --java the command creates a folder with a rule in Java, in the current folder."
    })
final class RulesNewCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "NAME",
      description = "Name of the rule: letters, digits, underscores and dashes.")
  private String name = "";

  @ArgGroup private Form form = new Form();

  /**
   * Options for what is created: a correlation, or a rule in Java. Without an option, a Sigma rule
   * about single events is created.
   */
  static final class Form {
    @Option(
        names = "--correlation",
        description = "Create a correlation, and the rule for the events that it counts.")
    boolean correlation;

    @Option(
        names = "--java",
        description =
            "Create a folder with a rule in Java, a script that packs it into a jar, and its"
                + " tests.")
    boolean java;
  }

  @Mixin private ConfigOption config = new ConfigOption();

  @Override
  public Integer call() {
    return form.java ? java() : sigma();
  }

  private int java() {
    Path here = Path.of("").toAbsolutePath();
    String shown = Quoted.visible(here.relativize(NewJavaRule.write(here, name)).toString());
    System.out.println(
        "wrote the folder "
            + shown
            + " with a rule in Java; one of the rule's tests fails until you edit that test");
    String id = NewJavaRule.id(name);
    if (!id.equals(name)) {
      System.out.println(
          "the id of the rule is %s, because the id of a rule in Java has only lower-case letters, digits and dashes"
              .formatted(id));
    }
    System.out.println("next:");
    System.out.println(
        "  sh %s/build.sh && %s"
            .formatted(shown, ShellCommand.call("rules test " + shown + "/my-rules")));
    System.out.println(
        "  README.md in the new folder describes the files there; docs/writing-rules.md says what a"
            + " rule can do");
    return ExitCode.DONE;
  }

  private int sigma() {
    List<Path> folders = Config.ruleFolders(config.file(), System.getenv());
    Path here = Path.of("").toAbsolutePath();
    Path folder = folders.isEmpty() ? here : folders.get(0).toAbsolutePath().normalize();
    Path file =
        NewSigmaRule.write(
            folder,
            name,
            form.correlation,
            UUID.randomUUID(),
            UUID.randomUUID(),
            LocalDate.now(ZoneOffset.UTC));
    String path = (file.startsWith(here) ? here.relativize(file) : file).toString();
    String shown = Quoted.visible(path);
    System.out.println("wrote " + shown + "; one of its tests fails until you edit the file");
    System.out.println("next:");
    System.out.println("  edit " + shown + ": log source, selection, and the records of the tests");
    System.out.println(
        "  " + ShellCommand.call(ShellCommand.words(List.of("rules", "lint", path))));
    System.out.println(
        "  " + ShellCommand.call(ShellCommand.words(List.of("rules", "test", path))));
    Path read = config.file();
    System.out.println(
        "  "
            + ShellCommand.call(replay(read, folders.isEmpty() ? path : null))
            + ", where FILE is a capture of your logs");
    if (folders.isEmpty()) {
      System.out.println(
          "  to keep the rule: move its file to a folder that has only rules, and name that folder in %s, as \"rules: {directories: [FOLDER]}\""
              .formatted(Quoted.visible(read == null ? Config.FILE_NAME : read.toString())));
    }
    return ExitCode.DONE;
  }

  /**
   * Returns the words of a suggested {@code replay} command with the new rule.
   *
   * @param rule file of the rule, or null if the configuration names its folder
   */
  private static String replay(@Nullable Path config, @Nullable String rule) {
    List<String> words = new ArrayList<>(List.of("replay"));
    if (config != null && !config.equals(Config.find(null))) {
      words.addAll(List.of("--config", config.toString()));
    }
    if (rule != null) {
      words.addAll(List.of("--rule", rule));
    }
    words.add("FILE");
    return ShellCommand.words(words);
  }
}
