package dev.lockstep.app.shell;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.schemas.text.Quoted;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Sentences about arguments that a command lacks, does not take, or does not take together, with
 * the fix. Picocli's own messages name the place of an argument or the notation of a group instead.
 */
final class ArgumentMistake {
  private static final String START = "could not run the command: ";
  private static final String EXCLUSIVE_START = "Error: ";
  private static final String EXCLUSIVE_END = " are mutually exclusive (specify only one)";

  private ArgumentMistake() {}

  /**
   * Returns a sentence about arguments that are missing, that the command does not take, or that
   * exclude each other. The result is null for any other mistake.
   */
  static @Nullable String sentence(ParameterException failure) {
    String name = failure.getCommandLine().getCommandSpec().qualifiedName();
    if (failure instanceof MissingParameterException lack && !lack.getMissing().isEmpty()) {
      return missing(name, lack);
    }
    if (failure instanceof UnmatchedArgumentException unmatched
        && !unmatched.isUnknownOption()
        && !unmatched.getUnmatched().isEmpty()) {
      return START
          + "%s takes no argument %s; leave it out"
              .formatted(name, Quoted.of(unmatched.getUnmatched().get(0)));
    }
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof MutuallyExclusiveArgsException && message.endsWith(EXCLUSIVE_END)) {
      int from = message.startsWith(EXCLUSIVE_START) ? EXCLUSIVE_START.length() : 0;
      return START
          + "%s does not take %s together; give only one of them"
              .formatted(name, message.substring(from, message.length() - EXCLUSIVE_END.length()));
    }
    return null;
  }

  private static String missing(String name, MissingParameterException lack) {
    List<ArgSpec> missing = lack.getMissing();
    ArgSpec first = missing.get(0);
    boolean isOneEnough = missing.size() > 1 && first.group() != null && first.group().exclusive();
    if (isOneEnough) {
      return START + "%s needs one of %s; give one".formatted(name, listed(missing, "or"));
    }
    String message = String.valueOf(lack.getMessage());
    boolean isOfOption = message.startsWith("Missing required parameter for option");
    if (first instanceof OptionSpec option && (isOfOption || message.startsWith("Expected"))) {
      return "could not use %s: it has no value; give %s"
          .formatted(option.longestName(), label(option));
    }
    CommandLine command = lack.getCommandLine();
    for (String unmatched : command.getUnmatchedArguments()) {
      if (unmatched.startsWith("-")) {
        List<String> near =
            new UnmatchedArgumentException(command, List.of(unmatched)).getSuggestions();
        return START
            + "%s has no option %s; %s, and give %s"
                .formatted(
                    name,
                    Quoted.of(unmatched),
                    near.isEmpty() ? "leave it out" : "write " + near.get(0) + " in its place",
                    listed(missing, "and"));
      }
    }
    return START
        + "%s needs %s; give %s"
            .formatted(name, listed(missing, "and"), missing.size() == 1 ? "it" : "them");
  }

  private static String listed(List<ArgSpec> args, String word) {
    return DisplayFormat.joined(args.stream().map(ArgumentMistake::named).toList(), word);
  }

  private static String named(ArgSpec arg) {
    return arg instanceof OptionSpec option
        ? option.longestName() + " " + label(option)
        : label(arg);
  }

  private static String label(ArgSpec arg) {
    return arg.paramLabel();
  }
}
