package dev.lockstep.detections.sigma.match;

/**
 * Result of a Sigma condition on an event, which is false, true, unknown, or dependent on a value
 * that ingest cut.
 *
 * <p>An unknown condition does not hold, and neither does its negation.
 */
public enum Truth {
  FALSE,
  TRUE,
  /**
   * Result of a Sigma condition that depends on a field for which ingest did not look in the
   * record.
   */
  UNKNOWN,
  /**
   * Result of a Sigma condition that depends on a part of the record that ingest cut off. That is
   * the rest of a value, or further values of a field.
   */
  CUT;

  /**
   * Returns the result of the negated condition: true becomes false, and false becomes true.
   * Unknown and cut results stay as they are.
   */
  public Truth not() {
    return switch (this) {
      case FALSE -> TRUE;
      case TRUE -> FALSE;
      case UNKNOWN, CUT -> this;
    };
  }

  Truth and(Truth other) {
    if (this == FALSE || other == FALSE) {
      return FALSE;
    }
    return this == TRUE ? other : other == TRUE ? this : either(other);
  }

  Truth or(Truth other) {
    if (this == TRUE || other == TRUE) {
      return TRUE;
    }
    return this == FALSE ? other : other == FALSE ? this : either(other);
  }

  private Truth either(Truth other) {
    return this == CUT ? this : other;
  }

  static Truth of(boolean holds) {
    return holds ? TRUE : FALSE;
  }
}
