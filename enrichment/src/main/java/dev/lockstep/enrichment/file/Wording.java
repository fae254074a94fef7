package dev.lockstep.enrichment.file;

import dev.lockstep.schemas.Quoted;
import java.util.Collection;
import java.util.Locale;

/** Quotes and suggestions in messages about text that a person wrote. */
public final class Wording {

  private static final int LONGEST_SHOWN = 200;

  private Wording() {}

  /** Returns a text in single quotes, as files often write their values. */
  public static String quote(String text) {
    return "'" + Quoted.excerpt(text, LONGEST_SHOWN) + "'";
  }

  /** Returns the known word with the fewest edits from a text, the first of several. */
  public static String nearest(String text, Collection<String> known) {
    String nearest = "";
    int fewest = Integer.MAX_VALUE;
    String wanted = text.length() > 64 ? text.substring(0, 64) : text;
    for (String word : known) {
      int edits = edits(wanted.toLowerCase(Locale.ROOT), word.toLowerCase(Locale.ROOT));
      if (edits < fewest) {
        fewest = edits;
        nearest = word;
      }
    }
    return nearest;
  }

  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
