package dev.lockstep.app.terminal;

import dev.lockstep.schemas.Causes;
import dev.lockstep.schemas.Quoted;

/** What a failure says, for one line. */
public final class Failures {
  private Failures() {}

  /** Returns the innermost failure's kind and words, in quotes. */
  public static String said(Throwable failure) {
    Throwable root = Causes.innermost(failure);
    String name = root.getClass().getSimpleName();
    return root.getMessage() == null ? name : name + " " + Quoted.of(root.getMessage());
  }
}
