package dev.lockstep.detections.message;

import dev.lockstep.schemas.text.Quoted;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ServiceConfigurationError;

/**
 * Static methods that tell failures of a rule's code from other errors, and that read the failures'
 * texts. A text can be read even if the failure's own methods fail.
 */
public final class RuleFailure {
  private RuleFailure() {}

  /**
   * Rethrows an error that is no failure of the rule, such as a lack of memory. A stack overflow, a
   * class that cannot be linked, a failed assertion and a service that cannot be loaded are
   * failures of the rule, as each exception is.
   */
  public static void throwOthers(Throwable failure) {
    if (failure instanceof Error error
        && !(error instanceof StackOverflowError
            || error instanceof LinkageError
            || error instanceof AssertionError
            || error instanceof ServiceConfigurationError)) {
      throw error;
    }
  }

  /**
   * Returns a failure in a form that can be logged. It is the failure itself, or an exception with
   * its class and stack trace if its own methods fail.
   */
  public static Throwable printable(Throwable failure) {
    try {
      failure.printStackTrace(new PrintWriter(Writer.nullWriter()));
      return failure;
    } catch (Throwable e) {
      throwOthers(e);
      return named(failure);
    }
  }

  /**
   * Returns the text of a failure. If the failure's own methods fail, the text names the failure's
   * class instead.
   */
  public static String text(Throwable failure) {
    try {
      return String.valueOf(failure.toString());
    } catch (Throwable e) {
      throwOthers(e);
      return named(failure).toString();
    }
  }

  /**
   * Returns the text of a failure, cut after a number of UTF-16 units. If the failure's own methods
   * fail, it is a text with the failure's class.
   */
  public static String text(Throwable failure, int mostUnits) {
    return Quoted.cut(text(failure), mostUnits);
  }

  private static Throwable named(Throwable failure) {
    Throwable named =
        new IllegalStateException(
            "an exception of the class %s, whose own text cannot be read"
                .formatted(failure.getClass().getName()));
    try {
      named.setStackTrace(failure.getStackTrace());
    } catch (Throwable e) {
      throwOthers(e);
      return named; // with the stack trace of this method
    }
    return named;
  }
}
