package dev.lockstep.detections.sigma.document;

import java.math.BigDecimal;
import java.util.Locale;

/**
 * Comparison of a correlation's number with a bound.
 *
 * @param operator comparison
 * @param bound bound as written
 */
public record Threshold(Operator operator, BigDecimal bound) {
  /** Comparison of a number with a bound. */
  public enum Operator {
    GT,
    GTE,
    LT,
    LTE,
    EQ,
    NEQ;

    /** Returns the word for this comparison in a document. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns whether a number fulfils the comparison. */
  public boolean isFulfilledBy(BigDecimal number) {
    int order = number.compareTo(bound);
    return switch (operator) {
      case GT -> order > 0;
      case GTE -> order >= 0;
      case LT -> order < 0;
      case LTE -> order <= 0;
      case EQ -> order == 0;
      case NEQ -> order != 0;
    };
  }

  @Override
  public String toString() {
    return operator.word() + ": " + bound.toPlainString();
  }
}
