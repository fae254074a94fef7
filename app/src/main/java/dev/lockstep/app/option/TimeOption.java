package dev.lockstep.app.option;

import dev.lockstep.app.terminal.TimeText;
import dev.lockstep.schemas.text.Quoted;
import java.io.File;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Parser of the times and durations in options of a command. */
public final class TimeOption {
  private TimeOption() {}

  /**
   * Returns the time in the text of an option, in milliseconds since 1970, or {@code missing} if
   * the option was not given.
   *
   * @param text value of the option, or null if the option was not given
   * @param missing time to return if the option was not given
   * @throws CommandLine.ParameterException if the text is no time
   */
  public static long millis(
      CommandSpec command, String option, @Nullable String text, long missing) {
    return text == null ? missing : millis(command, option, text);
  }

  /**
   * Returns the duration in the text of an option.
   *
   * @param examples examples of durations, for the message that the text is no duration
   * @throws CommandLine.ParameterException if the text is no duration
   */
  public static Duration duration(
      CommandSpec command, String option, String text, String examples) {
    Duration duration = TimeText.duration(text);
    if (duration == null) {
      throw new CommandLine.ParameterException(
          command.commandLine(),
          "could not use %s: %s is not a duration above zero and below 366 days; give one such as %s"
              .formatted(option, Quoted.of(text), examples));
    }
    return duration;
  }

  public static long millis(CommandSpec command, String option, String text) {
    Instant time = TimeText.instant(text);
    try {
      if (time != null) {
        return time.toEpochMilli();
      }
    } catch (ArithmeticException e) {
      // the time is outside the range of milliseconds
    }
    throw new CommandLine.ParameterException(
        command.commandLine(),
        "could not use %s: %s; write a time like 2026-11-19 or 2026-11-19T10:02:00Z%s"
            .formatted(
                option,
                notA("time", text),
                new File(text).exists() ? ", and name files without an option" : ""));
  }

  /**
   * Returns the reason why the value of an option is refused, such as {@code "x" is not a time}. If
   * the value is the name of a file, the reason says so. In another command, the option with the
   * same name takes a file.
   */
  public static String notA(String what, String text) {
    return new File(text).exists()
        ? "%s is a file, and not a %s".formatted(Quoted.of(text), what)
        : "%s is not a %s".formatted(Quoted.of(text), what);
  }
}
