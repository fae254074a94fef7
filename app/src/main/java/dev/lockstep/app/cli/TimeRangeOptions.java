package dev.lockstep.app.cli;

import dev.lockstep.schemas.Quoted;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of a range of arrival times that a command reads of a capture. */
final class TimeRangeOptions {
  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Leave out what arrived earlier, such as 2026-11-16T00:00:00Z.")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Leave out what arrived at that time or later.")
  private @Nullable String to;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  /**
   * Returns the first time, in milliseconds since 1970; the smallest number if none is given.
   *
   * @throws CommandLine.ParameterException if a time is none, or nothing lies between the two
   */
  long from() {
    long first = TimeOption.millis(command, "--from", from, Long.MIN_VALUE);
    if (first >= to()) {
      throw new CommandLine.ParameterException(
          command.commandLine(),
          "could not use --from and --to: %s is not before %s, and nothing lies between; give a later --to"
              .formatted(Quoted.of(from), Quoted.of(to)));
    }
    return first;
  }

  /** Returns the time after the last, in milliseconds since 1970; the largest if none is given. */
  long to() {
    return TimeOption.millis(command, "--to", to, Long.MAX_VALUE);
  }
}
