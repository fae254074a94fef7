package dev.lockstep.app.terminal;

import dev.lockstep.schemas.Quoted;

/** What a failure says, for one line. */
public final class Failures {
  private static final int DEPTH = 10;

  private Failures() {}

  /** Returns the innermost failure's kind and words, in quotes. */
  public static String said(Throwable failure) {
    Throwable root = failure;
    for (int i = 0; i < DEPTH && root.getCause() != null; i++) {
      root = root.getCause();
    }
    String name = root.getClass().getSimpleName();
    return root.getMessage() == null ? name : name + " " + Quoted.of(root.getMessage());
  }
}
