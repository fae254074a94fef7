package dev.lockstep.ingest.text;

import dev.lockstep.schemas.Quoted;
import java.util.StringJoiner;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** Message of a failure and its causes on one line of a log. */
public final class Causes {
  private static final int CHARS = 600;
  private static final int DEPTH = 10;

  private Causes() {}

  /**
   * Returns the messages of a failure and its causes, outermost first, because a client's failure
   * often has its reason in the last cause.
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

  /** Returns the first instance of a class among a failure and its causes, or null. */
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

  /** Returns a text on one line, with single spaces, cut to a length. */
  public static String oneLine(String text, int maxChars) {
    StringJoiner line = new StringJoiner(" ");
    for (StringTokenizer words = new StringTokenizer(text); words.hasMoreTokens(); ) {
      line.add(words.nextToken());
    }
    return Quoted.excerpt(line.toString(), maxChars);
  }
}
