package dev.lockstep.detections.sigma.match;

import java.util.List;

/** Condition of a rule, in which comparisons are numbered tests. */
sealed interface Condition {
  /** Conjunction. */
  record All(List<Condition> parts) implements Condition {
    /** Creates a conjunction with a copy of the parts. */
    public All {
      parts = List.copyOf(parts);
    }
  }

  /** Disjunction. */
  record Any(List<Condition> parts) implements Condition {
    /** Creates a disjunction with a copy of the parts. */
    public Any {
      parts = List.copyOf(parts);
    }
  }

  /** Negation. */
  record Not(Condition part) implements Condition {}

  /** Test by its number. */
  record Test(int number) implements Condition {}
}
