package dev.lockstep.ingest.outcome;

import java.util.Set;
import java.util.TreeSet;

/** A flaw of a record that is read all the same, and counted by its name. */
public enum Flaw {
  /** An identity key comes twice with a value; the last one stands. */
  DUPLICATE_KEY("duplicate-key", 1),

  /** An id that Entra writes as a GUID is none. */
  NOT_A_GUID("not-a-guid", 2);

  final String word;
  public final int bit;

  Flaw(String word, int bit) {
    this.word = word;
    this.bit = bit;
  }

  /** Returns the names of the flaws whose bits are set. */
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
