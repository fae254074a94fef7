package dev.lockstep.app.terminal;

import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Terminal to which an output stream goes, as the launcher and the environment describe it.
 *
 * @param width width in characters, or 0 if there is neither a terminal nor the variable {@code
 *     COLUMNS}
 * @param colours whether words may be coloured
 */
public record Terminal(int width, boolean colours) {
  /**
   * Name of the system property with the width of the terminal on standard output, which the
   * launcher sets.
   */
  public static final String COLUMNS = "lockstep.columns";

  /**
   * Name of the system property with the width of the terminal on standard error, which the
   * launcher sets.
   */
  public static final String ERROR_COLUMNS = "lockstep.errorColumns";

  /** Terminal of width 0 without colours, for output that does not go to a terminal. */
  public static final Terminal NONE = new Terminal(0, false);

  private static final int LEAST_WIDTH = 40;

  private static final Map<String, String> COLOURS =
      Map.ofEntries(
          Map.entry("High", "1;31"),
          Map.entry("Medium", "33"),
          Map.entry("Low", "36"),
          Map.entry("ok", "32"),
          Map.entry("passed", "32"),
          Map.entry("warn", "33"),
          Map.entry("fail", "1;31"),
          Map.entry("failed", "1;31"),
          Map.entry("FAILED", "1;31"),
          Map.entry("skip", "2"));

  /**
   * Returns the terminal to which a stream goes if the stream is standard output or standard error,
   * and {@link #NONE} for any other stream.
   */
  public static Terminal behind(PrintStream out) {
    if (out == System.out) {
      return of(System.getProperty(COLUMNS), System.getenv());
    }
    return out == System.err ? of(System.getProperty(ERROR_COLUMNS), System.getenv()) : NONE;
  }

  /**
   * @param columns width that the launcher measured, or null if there is no terminal
   */
  static Terminal of(@Nullable String columns, Map<String, String> environment) {
    int width = number(environment.get("COLUMNS"));
    if (columns == null) {
      return width == 0 ? NONE : new Terminal(Math.max(LEAST_WIDTH, width), false);
    }
    int measured = number(columns);
    return new Terminal(
        Math.max(LEAST_WIDTH, width > 0 ? width : measured > 0 ? measured : 80),
        environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !environment.getOrDefault("TERM", "").equals("dumb"));
  }

  private static int number(@Nullable String text) {
    boolean isNumber =
        text != null
            && !text.isEmpty()
            && text.length() <= 4
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber ? Integer.parseInt(text) : 0;
  }

  /**
   * Colours a severity or a verdict, if the terminal allows colours. Any other text stays as it is.
   */
  public String coloured(String text) {
    String colour = colours ? COLOURS.get(text) : null;
    return colour == null ? text : "\u001b[" + colour + "m" + text + "\u001b[0m";
  }
}
