package dev.lockstep.rules;

/**
 * Receiver of the lessons of one closed day: traits that the rule reads again when it judges later
 * days.
 */
public interface Lessons {
  /** Teaches a trait of the day. */
  default void teach(String trait) {
    teach(trait, 0);
  }

  /** Teaches a trait of the day with an amount, at least 0. */
  void teach(String trait, int amount);
}
