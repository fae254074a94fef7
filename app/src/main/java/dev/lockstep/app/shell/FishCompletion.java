package dev.lockstep.app.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Completion script for the shell fish, made from the declared commands and options. */
final class FishCompletion {
  private static final int MOST_CHARS = 100;

  private final String name;
  private final StringBuilder script = new StringBuilder(32_768);

  private FishCompletion(String name) {
    this.name = name;
  }

  /** Returns the script of a command and everything below it. */
  static String of(CommandLine root) {
    FishCompletion completion = new FishCompletion(root.getCommandName());
    completion.script.append("complete -c ").append(root.getCommandName()).append(" -f\n");
    completion.command(root, List.of());
    return completion.script.toString();
  }

  private void command(CommandLine command, List<String> path) {
    String here = condition(command, path);
    for (Map.Entry<String, CommandLine> each : command.getSubcommands().entrySet()) {
      String[] description = each.getValue().getCommandSpec().usageMessage().description();
      line(here).append(" -a ").append(each.getKey()).append(described(description)).append('\n');
    }
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
      }
    }
    for (Map.Entry<String, CommandLine> each : command.getSubcommands().entrySet()) {
      List<String> below = new ArrayList<>(path);
      below.add(each.getKey());
      command(each.getValue(), below);
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
    line.append(described(option.description())).append('\n');
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

  /** Returns the condition that the words so far name a command and none below it. */
  private static String condition(CommandLine command, List<String> path) {
    StringBuilder condition = new StringBuilder();
    for (String word : path) {
      condition
          .append(condition.isEmpty() ? "" : "; and ")
          .append("__fish_seen_subcommand_from ")
          .append(word);
    }
    if (!command.getSubcommands().isEmpty()) {
      condition
          .append(condition.isEmpty() ? "" : "; and ")
          .append("not __fish_seen_subcommand_from ")
          .append(String.join(" ", command.getSubcommands().keySet()));
    }
    return condition.toString();
  }

  private static String described(String[] description) {
    if (description.length == 0) {
      return "";
    }
    String text = description[0];
    int end = text.indexOf(". ");
    String first = end < 0 ? text : text.substring(0, end);
    return " -d " + quoted(first.length() <= MOST_CHARS ? first : first.substring(0, MOST_CHARS));
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
