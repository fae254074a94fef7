package dev.lockstep.ingest.text;

import dev.lockstep.schemas.Quoted;
import java.util.StringJoiner;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** What a failure says, for one line of a log, and what lies beneath it. */
public final class Causes {
  private static final int CHARS = 600;
  private static final int DEPTH = 10;

  private Causes() {}

  /**
   * Returns the failure's own words and those of its causes, outermost first: a client that cannot
   * be made says so, and its last cause says why.
   */
  public static String of(Throwable failure) {
    StringBuilder said = new StringBuilder(failure.toString());
    Throwable cause = failure.getCause();
    for (int i = 0; cause != null && i < DEPTH; i++) {
      String message = cause.getMessage();
      if (message != null && !message.equals(cause.toString()) && said.indexOf(message) < 0) {
        said.append(": ").append(message);
      }
      cause = cause.getCause();
    }
    return oneLine(said.toString(), CHARS);
  }

  /** Returns the first of its kind among a failure and its causes, or null. */
  public static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> kind) {
    Throwable each = failure;
    for (int i = 0; each != null && i < DEPTH; i++) {
      if (kind.isInstance(each)) {
        return kind.cast(each);
      }
      each = each.getCause();
    }
    return null;
  }

  /** Returns the text on one line, its white space as single spaces, bounded. */
  public static String oneLine(String text, int maxChars) {
    StringJoiner line = new StringJoiner(" ");
    for (StringTokenizer words = new StringTokenizer(text); words.hasMoreTokens(); ) {
      line.add(words.nextToken());
    }
    return Quoted.excerpt(line.toString(), maxChars);
  }
}
