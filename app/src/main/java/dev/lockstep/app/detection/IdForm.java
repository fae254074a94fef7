package dev.lockstep.app.detection;

import dev.lockstep.schemas.text.Quoted;
import org.jspecify.annotations.Nullable;

/** Form of the ids of findings and incidents: 32 hexadecimal digits in lower case. */
public final class IdForm {
  /** Length of the shortest beginning of an id that names a finding or an incident. */
  public static final int SHORTEST_PREFIX = 8;

  /**
   * First word of the pseudonyms that {@code --redact} writes in place of finding ids; a dash
   * follows the word.
   */
  public static final String FINDING = "finding";

  /**
   * First word of the pseudonyms that {@code --redact} writes in place of incident ids; a dash
   * follows the word.
   */
  public static final String INCIDENT = "incident";

  private static final int LENGTH = 32;

  private IdForm() {}

  /**
   * Returns the reason why a text cannot be the beginning of an id, or null if the text can be one.
   * The reason includes the fix.
   */
  public static @Nullable String problem(String text) {
    if (text.startsWith(FINDING + "-") || text.startsWith(INCIDENT + "-")) {
      return "%s is a pseudonym, which --redact wrote in the place of an id; give the id that the same command prints without --redact"
          .formatted(Quoted.of(text));
    }
    if (text.length() > LENGTH || !text.chars().allMatch(IdForm::isDigit)) {
      return "%s cannot be an id, which has %d characters, each a digit or a letter from a to f; give the id, or at least %d characters from its beginning"
          .formatted(Quoted.of(text), LENGTH, SHORTEST_PREFIX);
    }
    return text.length() < SHORTEST_PREFIX ? tooShort(text) : null;
  }

  /** Returns whether a text is a whole id that the engine made, and not a pseudonym. */
  public static boolean isWhole(String text) {
    return text.length() == LENGTH && text.chars().allMatch(IdForm::isDigit);
  }

  /**
   * Returns the first {@value #SHORTEST_PREFIX} characters of an id, or the whole text if it is a
   * pseudonym. Users may give these characters in place of the id.
   */
  public static String beginning(String id) {
    return isWhole(id) ? id.substring(0, SHORTEST_PREFIX) : id;
  }

  /** Returns the message that a text is too short for the beginning of an id, with the fix. */
  public static String tooShort(String text) {
    return "%s is too short for the beginning of an id; give at least %d characters of the id"
        .formatted(Quoted.of(text), SHORTEST_PREFIX);
  }

  private static boolean isDigit(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  }
}
