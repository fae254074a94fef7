package dev.lockstep.app.terminal;

import java.util.Collection;
import java.util.stream.Collectors;

/** Command line for a POSIX shell, which a person can copy. */
public final class ShellCommand {
  private static final String PLAIN = "_./:@%+=,-";

  private ShellCommand() {}

  /** Returns a call of this program with arguments, as the person who called it can repeat it. */
  public static String call(String arguments) {
    return word(System.getProperty("lockstep.command", "lockstep")) + " " + arguments;
  }

  /**
   * Returns words as one command line, with quotes around words that have a special meaning for the
   * shell.
   */
  public static String words(Collection<String> words) {
    return words.stream().map(ShellCommand::word).collect(Collectors.joining(" "));
  }

  private static String word(String text) {
    boolean isPlain =
        !text.isEmpty() && text.chars().allMatch(c -> isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0);
    return isPlain ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  private static boolean isLetterOrDigit(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
