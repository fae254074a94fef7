package dev.lockstep.app.shell;

import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Finder of the command that a mistyped word most probably names. */
public final class CommandNames {
  private CommandNames() {}

  /**
   * Returns a message about a mistyped command that names the nearest one. The result is null if
   * something else is wrong with the arguments, or no command is near.
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
   * Returns the message about wrong usage. It names the word that is no command, unlike picocli's,
   * which gives the word's index.
   */
  public static String message(ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    return failure instanceof UnmatchedArgumentException unmatched
            && !unmatched.isUnknownOption()
            && !unmatched.getUnmatched().isEmpty()
            && !command.getSubcommands().isEmpty()
        ? "could not run the command: %s has no command %s; choose one of those below"
            .formatted(
                command.getCommandSpec().qualifiedName(),
                Quoted.of(unmatched.getUnmatched().get(0)))
        : String.valueOf(failure.getMessage());
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
