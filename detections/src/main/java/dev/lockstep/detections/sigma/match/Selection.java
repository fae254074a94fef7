package dev.lockstep.detections.sigma.match;

import java.util.List;

/**
 * Selection of a Sigma rule: one comparison of a field, or several selections joined by {@code and}
 * or {@code or}.
 */
public sealed interface Selection {
  /** Conjunction of selections. */
  record All(List<Selection> parts) implements Selection {
    public All {
      parts = List.copyOf(parts);
    }
  }

  /** Disjunction of selections. */
  record Any(List<Selection> parts) implements Selection {
    public Any {
      parts = List.copyOf(parts);
    }
  }

  /** Comparison of one field. */
  record One(FieldComparison test) implements Selection {}
}
