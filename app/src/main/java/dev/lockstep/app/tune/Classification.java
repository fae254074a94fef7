package dev.lockstep.app.tune;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Classification with which an analyst closed a finding, as Microsoft Sentinel names it, and
 * whether tuning may hold back such findings.
 */
public enum Classification {
  TRUE_POSITIVE,
  FALSE_POSITIVE,
  /** Suspicious but expected activity, such as a security test. */
  BENIGN_POSITIVE,
  UNDETERMINED;

  static final String WORDS = "TruePositive, FalsePositive, BenignPositive or Undetermined";

  /**
   * Returns whether the classification is {@code FalsePositive} or {@code BenignPositive}. Tuning
   * looks for filters and exceptions that hold back findings with these classifications.
   */
  public boolean isFalse() {
    return this == FALSE_POSITIVE || this == BENIGN_POSITIVE;
  }

  /**
   * Returns the classification that a word names, or null for any other word. Case does not matter,
   * nor do characters that are no letters.
   */
  static @Nullable Classification of(String word) {
    StringBuilder letters = new StringBuilder();
    word.toLowerCase(Locale.ROOT)
        .chars()
        .filter(Character::isLetter)
        .forEach(letter -> letters.append((char) letter));
    return switch (letters.toString()) {
      case "truepositive" -> TRUE_POSITIVE;
      case "falsepositive" -> FALSE_POSITIVE;
      case "benignpositive" -> BENIGN_POSITIVE;
      case "undetermined" -> UNDETERMINED;
      default -> null;
    };
  }
}
