package dev.lockstep.schemas.process;

import dev.lockstep.schemas.text.Quoted;
import java.util.StringJoiner;
import java.util.StringTokenizer;
import java.util.function.Predicate;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Reader of the messages and causes of a failure. It follows at most ten causes. */
@NullMarked
public final class Causes {
  private static final int CHARS = 600;
  private static final int DEPTH = 10;

  private Causes() {}

  /**
   * Returns the simple class name of a failure, its message and the messages of its causes,
   * outermost first, on one line. Credentials are masked, and the line is cut after 600 characters.
   * A client's failure often has its reason in the last cause.
   */
  public static String of(Throwable failure) {
    StringBuilder text = new StringBuilder(failure.getClass().getSimpleName());
    if (failure.getMessage() != null) {
      text.append(": ").append(failure.getMessage());
    }
    Throwable cause = failure.getCause();
    for (int i = 0; cause != null && i < DEPTH; i++) {
      String message = cause.getMessage();
      if (message != null && !message.equals(cause.toString()) && text.indexOf(message) < 0) {
        text.append(": ").append(message);
      }
      cause = cause.getCause();
    }
    return oneLine(text.toString(), CHARS);
  }

  /**
   * Returns the first exception of a given class among a failure and its causes, or null if there
   * is none.
   */
  public static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> kind) {
    Throwable found = first(failure, kind::isInstance);
    return found == null ? null : kind.cast(found);
  }

  /**
   * Returns the first exception that meets a condition among a failure and its causes, or null if
   * none does.
   */
  public static @Nullable Throwable first(
      Throwable failure, Predicate<? super Throwable> condition) {
    Throwable each = failure;
    for (int i = 0; each != null && i < DEPTH; i++) {
      if (condition.test(each)) {
        return each;
      }
      each = each.getCause();
    }
    return null;
  }

  /** Returns the innermost cause of a failure, or the failure itself if it has no cause. */
  public static Throwable innermost(Throwable failure) {
    Throwable root = failure;
    for (int i = 0; i < DEPTH; i++) {
      Throwable cause = root.getCause();
      if (cause == null) {
        break;
      }
      root = cause;
    }
    return root;
  }

  /** Returns the class and message of a failure and, if it has a cause, of the innermost cause. */
  public static String outerAndInnermost(Throwable e) {
    Throwable cause = innermost(e);
    return cause == e ? words(e) : words(e) + "; " + words(cause);
  }

  private static String words(Throwable e) {
    String message = e.getMessage();
    String name = e.getClass().getSimpleName();
    return message == null ? name : name + ": " + message;
  }

  /**
   * Returns the direct cause of a failure, or the failure itself if it has no cause. This removes
   * one wrapper, such as an {@code ExecutionException}.
   */
  public static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause == null ? failure : cause;
  }

  /**
   * Converts a text to one line with single spaces, masks credentials in it, and cuts it after a
   * number of characters.
   */
  public static String oneLine(String text, int maxChars) {
    StringJoiner line = new StringJoiner(" ");
    for (StringTokenizer words = new StringTokenizer(text); words.hasMoreTokens(); ) {
      line.add(words.nextToken());
    }
    return Quoted.excerpt(line.toString(), maxChars);
  }
}
