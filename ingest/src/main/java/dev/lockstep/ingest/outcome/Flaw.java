package dev.lockstep.ingest.outcome;

import java.util.Set;
import java.util.TreeSet;

/** Flaw of a record that is read all the same and is counted by the flaw's name. */
public enum Flaw {
  /** Identity key that occurs twice with a value; the last one counts. */
  DUPLICATE_KEY("duplicate-key", 1),

  /** Id that is no GUID though Entra writes it as one. */
  NOT_A_GUID("not-a-guid", 2);

  final String word;
  public final int bit;

  Flaw(String word, int bit) {
    this.word = word;
    this.bit = bit;
  }

  /** Returns the names of the flaws in a bit set. */
  public static Set<String> words(int bits) {
    if (bits == 0) {
      return Set.of();
    }
    Set<String> words = new TreeSet<>();
    for (Flaw flaw : values()) {
      if ((bits & flaw.bit) != 0) {
        words.add(flaw.word);
      }
    }
    return words;
  }
}
