package dev.lockstep.detections.sigma.match;

import dev.lockstep.rules.RawField;
import dev.lockstep.schemas.Quoted;

/**
 * Result of one selection on an event.
 *
 * @param name name of the selection
 * @param verdict result
 * @param test comparison that decided, for people
 * @param field field that the comparison read
 */
public record SelectionResult(String name, Verdict verdict, String test, RawField field) {
  private static final int MOST_CHARS = 80;

  /** Returns the result in words, with the first value of the field. */
  public String words() {
    String result =
        switch (verdict) {
          case TRUE -> "holds";
          case FALSE -> "does not hold";
          case UNKNOWN -> "is unknown";
          case CUT -> "depends on what was cut";
        };
    String value =
        !field.isLookedFor()
            ? "not looked for"
            : field.values().isEmpty()
                ? "absent"
                : Quoted.excerpt(field.values().get(0).text(), MOST_CHARS);
    return "%s %s by %s: %s".formatted(name, result, Quoted.excerpt(test, MOST_CHARS), value);
  }
}
