package dev.lockstep.detections.sigma.document;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Bound for the number that a correlation computes, and the operator that compares the two.
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

    /** Returns the word for this comparison in a Sigma document, such as {@code gte}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns thresholds as text, which {@link #parse} reads. */
  public static String format(List<Threshold> thresholds) {
    return thresholds.stream().map(Threshold::toString).collect(Collectors.joining(", "));
  }

  /** Returns the thresholds in a text that {@link #format} wrote. */
  public static List<Threshold> parse(String text) {
    List<Threshold> thresholds = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int end = text.indexOf(", ", from);
      String one = end < 0 ? text.substring(from) : text.substring(from, end);
      int colon = one.indexOf(": ");
      thresholds.add(
          new Threshold(
              Operator.valueOf(one.substring(0, colon).toUpperCase(Locale.ROOT)),
              new BigDecimal(one.substring(colon + 2))));
      from = end < 0 ? text.length() : end + 2;
    }
    return thresholds;
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
