package dev.lockstep.app.option;

import dev.lockstep.schemas.text.Quoted;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Options {@code --from} and {@code --to}, which limit a command to records that arrived in a time
 * range.
 */
public final class TimeRangeOptions {
  @Option(
      names = "--from",
      paramLabel = "TIME",
      description =
          "Leave out records that arrived before this time, such as 2026-11-16T00:00:00Z.")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Leave out records that arrived at this time or later.")
  private @Nullable String to;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  /**
   * Returns the start of the time range, in milliseconds since 1970. It is the smallest number if
   * no start is given.
   *
   * @throws CommandLine.ParameterException if a text is not a time, or {@code --from} is not before
   *     {@code --to}
   */
  public long from() {
    long first = TimeOption.millis(command, "--from", from, Long.MIN_VALUE);
    if (first >= to()) {
      throw new CommandLine.ParameterException(
          command.commandLine(),
          "could not use --from and --to: %s is not before %s; give an earlier --from or a later --to"
              .formatted(Quoted.of(from), Quoted.of(to)));
    }
    return first;
  }

  /**
   * Returns the end of the time range, exclusive, in milliseconds since 1970. It is the largest
   * number if no end is given.
   */
  public long to() {
    return TimeOption.millis(command, "--to", to, Long.MAX_VALUE);
  }

  public boolean hasStart() {
    return from != null;
  }

  /**
   * Returns whether {@code --from} or {@code --to} was given, so that records may be left out by
   * the time of their arrival.
   */
  public boolean isLimited() {
    return from != null || to != null;
  }
}
