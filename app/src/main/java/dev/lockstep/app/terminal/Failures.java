package dev.lockstep.app.terminal;

import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;

/**
 * Static method that gives the text of a failure on one line: class name and, if there is one, the
 * quoted message of its innermost cause.
 */
public final class Failures {
  private Failures() {}

  public static String message(Throwable failure) {
    Throwable root = Causes.innermost(failure);
    String name = root.getClass().getSimpleName();
    return root.getMessage() == null ? name : name + " " + Quoted.of(root.getMessage());
  }
}
