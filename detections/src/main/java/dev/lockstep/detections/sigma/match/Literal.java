package dev.lockstep.detections.sigma.match;

/**
 * Value with which a rule compares a field, as the rule writes it.
 *
 * @param kind kind of the value
 * @param text text as written, without quotes; empty for null
 */
public record Literal(Kind kind, String text) {
  /** Kind of a literal in a Sigma rule: null, text, number or Boolean. */
  public enum Kind {
    NULL,
    TEXT,
    NUMBER,
    BOOLEAN
  }

  /** Returns the literal of a text, as opposed to a number, a Boolean or null. */
  public static Literal text(String text) {
    return new Literal(Kind.TEXT, text);
  }
}
