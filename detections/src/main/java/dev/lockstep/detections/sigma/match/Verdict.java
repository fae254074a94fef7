package dev.lockstep.detections.sigma.match;

/**
 * Result of a condition on an event: false, true, unknown, or dependent on a value that ingest cut.
 *
 * <p>An unknown condition does not hold, and neither does its negation.
 */
public enum Verdict {
  FALSE,
  TRUE,
  /** Result that depends on a field that was not looked for. */
  UNKNOWN,
  /** Result that depends on a part that ingest cut: the rest of a value, or further values. */
  CUT;

  /**
   * Returns the result of the negated condition, which exchanges true and false. Unknown and cut
   * results stay as they are.
   */
  public Verdict not() {
    return switch (this) {
      case FALSE -> TRUE;
      case TRUE -> FALSE;
      case UNKNOWN, CUT -> this;
    };
  }

  Verdict and(Verdict other) {
    if (this == FALSE || other == FALSE) {
      return FALSE;
    }
    return this == TRUE ? other : other == TRUE ? this : either(other);
  }

  Verdict or(Verdict other) {
    if (this == TRUE || other == TRUE) {
      return TRUE;
    }
    return this == FALSE ? other : other == FALSE ? this : either(other);
  }

  private Verdict either(Verdict other) {
    return this == CUT ? this : other;
  }

  static Verdict of(boolean holds) {
    return holds ? TRUE : FALSE;
  }
}
