package dev.lockstep.app;

import org.jspecify.annotations.Nullable;

/** What a failure says, for one line. */
final class Failures {
  private static final int DEPTH = 10;

  private Failures() {}

  /** Returns the innermost failure's kind and words, in quotes. */
  static String said(Throwable failure) {
    Throwable root = failure;
    for (int i = 0; i < DEPTH && root.getCause() != null; i++) {
      root = root.getCause();
    }
    String name = root.getClass().getSimpleName();
    return root.getMessage() == null ? name : name + " " + Quoted.of(root.getMessage());
  }

  /** Returns the first of its kind among a failure and its causes, or null. */
  static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> kind) {
    Throwable each = failure;
    for (int i = 0; each != null && i < DEPTH; i++) {
      if (kind.isInstance(each)) {
        return kind.cast(each);
      }
      each = each.getCause();
    }
    return null;
  }
}
