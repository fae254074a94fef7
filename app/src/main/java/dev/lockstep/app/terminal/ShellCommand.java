package dev.lockstep.app.terminal;

import java.util.Collection;
import java.util.stream.Collectors;

/** Builder of command lines that a person can copy into a POSIX shell. */
public final class ShellCommand {
  private static final String PLAIN = "_./:@%+=,-";

  private ShellCommand() {}

  /**
   * Returns a command line that calls this program with the given arguments. The caller has to
   * quote the arguments for the shell. The line begins with the words by which a person called the
   * program.
   */
  public static String call(String arguments) {
    return word(System.getProperty("lockstep.command", "lockstep")) + " " + arguments;
  }

  /**
   * Joins words to one command line, in which each word that the shell could misread stands in
   * quotes.
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
