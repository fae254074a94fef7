package dev.lockstep.app.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Completion script for the shell fish, generated from the declared commands and options.
 *
 * <p>A word counts as a command only at the first place, or directly after the command that it
 * belongs to. So an argument that is a file named rules does not count.
 */
final class FishCompletion {
  private static final int MOST_CHARS = 100;

  /**
   * Source text of two fish functions, which test whether the words before the cursor equal the
   * given words, or begin with them. The program's name and the word that is being typed do not
   * count.
   */
  private static final String FUNCTIONS =
      """
      function __NAME_at
          set -l words (commandline -opc)[2..-1]
          test "$words" = "$argv"
      end
      function __NAME_below
          set -l words (commandline -opc)[2..-1]
          string match -q -- "$argv *" "$words "
      end
      """;

  private final String name;
  private final StringBuilder script = new StringBuilder(32_768);

  private FishCompletion(String name) {
    this.name = name;
  }

  static String of(CommandLine root) {
    FishCompletion completion = new FishCompletion(root.getCommandName());
    completion.script.append(FUNCTIONS.replace("NAME", completion.name));
    completion.script.append("complete -c ").append(completion.name).append(" -f\n");
    completion.command(root, List.of());
    return completion.script.toString();
  }

  private void command(CommandLine command, List<String> path) {
    boolean group = !command.getSubcommands().isEmpty();
    String here = condition(group ? "at" : "below", path);
    commands(command, here);
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.hidden()) {
        option(option, here);
      }
    }
    for (PositionalParamSpec parameter : command.getCommandSpec().positionalParameters()) {
      Class<?> type = parameter.auxiliaryTypes()[0];
      if (parameter.completionCandidates() != null) {
        line(here).append(" -a ").append(quoted(candidates(parameter))).append('\n');
      } else if (type == Path.class || parameter.paramLabel().startsWith("PATH")) {
        line(here).append(" -F\n");
      } else if (parameter.paramLabel().startsWith("COMMAND")) {
        words(command.getCommandSpec().root().commandLine(), path);
      }
    }
    for (Map.Entry<String, CommandLine> each : command.getSubcommands().entrySet()) {
      command(each.getValue(), and(path, each.getKey()));
    }
  }

  private void commands(CommandLine group, String here) {
    for (Map.Entry<String, CommandLine> each : group.getSubcommands().entrySet()) {
      String summary = ManualPage.summary(each.getValue().getCommandSpec());
      line(here).append(" -a ").append(each.getKey()).append(described(summary)).append('\n');
    }
  }

  /**
   * Adds completions for a command such as {@code help}, whose arguments are the words of another
   * command's name.
   */
  private void words(CommandLine named, List<String> path) {
    commands(named, condition("at", path));
    for (Map.Entry<String, CommandLine> each : named.getSubcommands().entrySet()) {
      words(each.getValue(), and(path, each.getKey()));
    }
  }

  private void option(OptionSpec option, String here) {
    StringBuilder line = line(here);
    for (String each : option.names()) {
      line.append(each.startsWith("--") ? " -l " + each.substring(2) : " -s " + each.substring(1));
    }
    if (option.arity().max() > 0) {
      Class<?> type = option.auxiliaryTypes()[0];
      if (option.completionCandidates() != null) {
        line.append(" -x -a ").append(quoted(candidates(option)));
      } else {
        line.append(isFile(option, type) ? " -r -F" : " -x");
      }
    }
    line.append(described(ManualPage.firstSentence(option.description()))).append('\n');
  }

  private static boolean isFile(OptionSpec option, Class<?> type) {
    return type == Path.class
        || option.paramLabel().startsWith("FILE")
        || option.paramLabel().startsWith("DIR");
  }

  private static String candidates(CommandLine.Model.ArgSpec argument) {
    return String.join(" ", argument.completionCandidates());
  }

  private StringBuilder line(String condition) {
    return script.append("complete -c ").append(name).append(" -n ").append(quoted(condition));
  }

  private String condition(String function, List<String> path) {
    return ("__" + name + "_" + function + " " + String.join(" ", path)).strip();
  }

  private static List<String> and(List<String> path, String word) {
    List<String> longer = new ArrayList<>(path);
    longer.add(word);
    return longer;
  }

  private static String described(String text) {
    return text.isEmpty() ? "" : " -d " + quoted(shortened(text));
  }

  private static String shortened(String text) {
    if (text.length() <= MOST_CHARS) {
      return text;
    }
    int space = text.lastIndexOf(' ', MOST_CHARS - 1);
    return text.substring(0, space < 0 ? MOST_CHARS - 1 : space) + "…";
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
