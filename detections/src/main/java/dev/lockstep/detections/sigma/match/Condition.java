package dev.lockstep.detections.sigma.match;

import java.util.List;

/**
 * Condition of a rule: a Boolean formula whose variables are comparisons, each given by its index.
 */
sealed interface Condition {
  /** Conjunction of conditions: it holds if all of them hold. */
  record All(List<Condition> parts) implements Condition {
    public All {
      parts = List.copyOf(parts);
    }
  }

  /** Disjunction of conditions: it holds if any of them holds. */
  record Any(List<Condition> parts) implements Condition {
    public Any {
      parts = List.copyOf(parts);
    }
  }

  /** Negation of a condition. */
  record Not(Condition part) implements Condition {}

  /** Comparison, given by its index in the {@link EventMatcher}. */
  record Test(int number) implements Condition {}
}
