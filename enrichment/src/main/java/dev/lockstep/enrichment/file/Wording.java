package dev.lockstep.enrichment.file;

import dev.lockstep.schemas.text.Quoted;

/**
 * Formatter that quotes text in messages, such as a wrong value from an operator's file, with
 * control characters escaped and long text cut.
 */
public final class Wording {

  private static final int LONGEST_SHOWN = 200;

  private Wording() {}

  /**
   * Returns a text in single quotes, with credentials masked, control characters escaped, and cut
   * after 200 characters.
   */
  public static String quote(String text) {
    return "'" + Quoted.excerpt(text, LONGEST_SHOWN) + "'";
  }
}
