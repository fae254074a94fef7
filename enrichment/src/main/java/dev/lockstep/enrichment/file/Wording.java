package dev.lockstep.enrichment.file;

import dev.lockstep.schemas.Quoted;

/**
 * Quoting of text from a person's file in messages: control characters are escaped, and long text
 * is cut.
 */
public final class Wording {

  private static final int LONGEST_SHOWN = 200;

  private Wording() {}

  /** Returns a text in single quotes, escaped and cut. */
  public static String quote(String text) {
    return "'" + Quoted.excerpt(text, LONGEST_SHOWN) + "'";
  }
}
