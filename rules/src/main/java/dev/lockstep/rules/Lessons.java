package dev.lockstep.rules;

/**
 * Receiver of the lessons of one closed day: traits that the rule reads again when it judges later
 * days.
 */
public interface Lessons {
  /**
   * Adds a trait of the day, such as a country, to the lessons. Use this method for a trait without
   * an amount; the amount is then 0.
   */
  default void teach(String trait) {
    teach(trait, 0);
  }

  /**
   * Adds a trait of the day to the lessons, with an amount that the rule chooses, such as a number
   * of minutes. The amount is at least 0. It replaces an earlier one of the same trait and day.
   */
  void teach(String trait, int amount);
}
