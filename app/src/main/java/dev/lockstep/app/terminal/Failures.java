package dev.lockstep.app.terminal;

import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;

/**
 * Formatter of a failure as one line with the class and the quoted message of the innermost cause.
 */
public final class Failures {
  private Failures() {}

  public static String message(Throwable failure) {
    Throwable root = Causes.innermost(failure);
    String name = root.getClass().getSimpleName();
    return root.getMessage() == null ? name : name + " " + Quoted.of(root.getMessage());
  }
}
