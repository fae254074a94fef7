package dev.lockstep.rules;

/** Lessons of one day, for later days to read once it is closed. */
public interface Lessons {
  /** Notes a trait of the day. */
  default void teach(String trait) {
    teach(trait, 0);
  }

  /** Notes a trait of the day with an amount, at least 0. */
  void teach(String trait, int amount);
}
