package dev.lockstep.app.shell;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Messages about wrong usage of the program, such as a mistyped or missing command. */
public final class UsageMistake {
  private static final int MOST_NAMED = 12;

  private UsageMistake() {}

  /**
   * Returns a message that names the command nearest to a mistyped one, or null if no command is
   * near. The result is null too if something else is wrong with the arguments.
   */
  public static @Nullable String mistyped(ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    if (!(failure instanceof UnmatchedArgumentException unmatched)
        || unmatched.isUnknownOption()
        || unmatched.getUnmatched().isEmpty()
        || command.getSubcommands().isEmpty()) {
      return null;
    }
    String word = unmatched.getUnmatched().get(0);
    String meant = meant(command, word);
    return meant.isEmpty()
        ? null
        : "could not run the command: %s has no command %s; did you mean %s?"
            .formatted(command.getCommandSpec().qualifiedName(), Quoted.of(word), meant);
  }

  /**
   * Returns the message about wrong usage. If a word is no command, the message names the word, but
   * not the word's index, which picocli's message gives. If a group's command is missing, the
   * message names the commands to choose from, or refers to the list below if there are many. It
   * does so even if an option of the missing command was given.
   */
  public static String message(ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    if (command.getSubcommands().isEmpty()) {
      String sentence = ArgumentMistake.sentence(failure);
      return sentence == null ? String.valueOf(failure.getMessage()) : sentence;
    }
    String name = command.getCommandSpec().qualifiedName();
    if (!(failure instanceof UnmatchedArgumentException unmatched)) {
      boolean isGroup = !(command.getCommand() instanceof Callable);
      return isGroup && failure.getArgSpec() == null
          ? "could not run the command: a command has to follow \"%s\"; choose %s"
              .formatted(name, choice(command))
          : String.valueOf(failure.getMessage());
    }
    String first = unmatched.getUnmatched().isEmpty() ? "" : unmatched.getUnmatched().get(0);
    if (!unmatched.isUnknownOption() && !first.isEmpty()) {
      return "could not run the command: %s has no command %s; choose one of those below"
          .formatted(name, Quoted.of(first));
    }
    return isOptionBelow(command, first)
        ? "could not run the command: a command is missing between \"%s\" and the option %s; choose %s"
            .formatted(name, Quoted.of(option(first)), choice(command))
        : String.valueOf(failure.getMessage());
  }

  /**
   * Returns whether a person gave an option of a command, but not the command that has to precede
   * it.
   */
  public static boolean isCommandMissing(ParameterException failure) {
    return failure instanceof UnmatchedArgumentException unmatched
        && unmatched.isUnknownOption()
        && !unmatched.getUnmatched().isEmpty()
        && isOptionBelow(failure.getCommandLine(), unmatched.getUnmatched().get(0));
  }

  private static boolean isOptionBelow(CommandLine command, String argument) {
    return command.getSubcommands().values().stream()
        .anyMatch(
            each ->
                each.getCommandSpec().optionsMap().containsKey(option(argument))
                    || isOptionBelow(each, argument));
  }

  private static String option(String argument) {
    int value = argument.indexOf('=');
    return value < 0 ? argument : argument.substring(0, value);
  }

  private static String choice(CommandLine command) {
    List<String> names = List.copyOf(command.getSubcommands().keySet());
    return names.size() > MOST_NAMED ? "one of those below" : DisplayFormat.joined(names, "or");
  }

  private static String meant(CommandLine command, String word) {
    CommandSpec spec = command.getCommandSpec();
    List<String> below = new ArrayList<>();
    command
        .getSubcommands()
        .forEach(
            (group, each) -> {
              if (each.getSubcommands().containsKey(word)) {
                below.add(group + " " + word);
              }
            });
    if (!below.isEmpty()) {
      return String.join(" or ", below);
    }
    String nearest = NearestNames.similarAmong(command.getSubcommands().keySet(), word);
    return nearest.isEmpty()
        ? ""
        : (spec.qualifiedName().substring(spec.root().name().length()) + " " + nearest).strip();
  }
}
