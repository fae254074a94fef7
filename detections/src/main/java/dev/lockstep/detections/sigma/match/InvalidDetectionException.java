package dev.lockstep.detections.sigma.match;

/**
 * Exception about a part of a Sigma document that cannot be used, with the fault and the fix in
 * words.
 */
public final class InvalidDetectionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final String fix;

  InvalidDetectionException(String what, String fix) {
    super(what + "; " + fix, null, false, false);
    this.what = what;
    this.fix = fix;
  }

  /** Returns the fault as the predicate of a sentence, such as {@code has an empty condition}. */
  public String what() {
    return what;
  }

  /** Returns the action by which the author removes the fault. */
  public String fix() {
    return fix;
  }
}
