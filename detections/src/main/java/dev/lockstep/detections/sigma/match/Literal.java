package dev.lockstep.detections.sigma.match;

/**
 * Value that a rule compares a field with, as written.
 *
 * @param kind kind of the value
 * @param text text as written, without quotes; empty of null
 */
public record Literal(Kind kind, String text) {
  /** Kind of a written value. */
  public enum Kind {
    NULL,
    TEXT,
    NUMBER,
    BOOLEAN
  }

  /** Returns a text. */
  public static Literal text(String text) {
    return new Literal(Kind.TEXT, text);
  }
}
