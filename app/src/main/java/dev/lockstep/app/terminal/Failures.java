package dev.lockstep.app.terminal;

import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;

/** Text of a failure on one line: class and quoted message of its innermost cause. */
public final class Failures {
  private Failures() {}

  public static String message(Throwable failure) {
    Throwable root = Causes.innermost(failure);
    String name = root.getClass().getSimpleName();
    return root.getMessage() == null ? name : name + " " + Quoted.of(root.getMessage());
  }
}
