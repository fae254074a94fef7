package dev.lockstep.detections.message;

import dev.lockstep.schemas.text.Quoted;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ServiceConfigurationError;

/** Formatter of a failure of a rule, which works even if the failure's own methods fail. */
public final class FailureText {
  private FailureText() {}

  /**
   * Returns a failure in a form that can be logged. It is the failure itself, or an exception with
   * its class and stack trace if its own methods fail.
   */
  public static Throwable printable(Throwable failure) {
    try {
      failure.printStackTrace(new PrintWriter(Writer.nullWriter()));
      return failure;
    } catch (Exception
        | StackOverflowError
        | LinkageError
        | AssertionError
        | ServiceConfigurationError e) {
      return named(failure);
    }
  }

  /** Returns the text of a failure, or a text with its class if its own methods fail. */
  public static String of(Throwable failure) {
    try {
      return String.valueOf(failure.toString());
    } catch (Exception
        | StackOverflowError
        | LinkageError
        | AssertionError
        | ServiceConfigurationError e) {
      return named(failure).toString();
    }
  }

  /**
   * Returns the text of a failure, or a text with its class if its own methods fail. It is cut
   * after a number of UTF-16 units.
   */
  public static String of(Throwable failure, int mostUnits) {
    return Quoted.cut(of(failure), mostUnits);
  }

  private static Throwable named(Throwable failure) {
    Throwable named =
        new IllegalStateException(
            "an exception of the class %s, whose own text cannot be read"
                .formatted(failure.getClass().getName()));
    try {
      named.setStackTrace(failure.getStackTrace());
    } catch (Exception
        | StackOverflowError
        | LinkageError
        | AssertionError
        | ServiceConfigurationError e) {
      return named; // with the stack trace of this method
    }
    return named;
  }
}
