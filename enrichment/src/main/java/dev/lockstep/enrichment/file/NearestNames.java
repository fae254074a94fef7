package dev.lockstep.enrichment.file;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Nearest known word to a word that is not known. */
public final class NearestNames {
  private static final LevenshteinDistance EDITS = LevenshteinDistance.getDefaultInstance();
  private static final int LONGEST = 64;

  private NearestNames() {}

  /** Returns the known word with the fewest edits, case aside; empty if no word is known. */
  public static String among(Collection<String> known, String found) {
    String lowered = found.substring(0, Math.min(found.length(), LONGEST)).toLowerCase(Locale.ROOT);
    return known.stream()
        .min(
            Comparator.<String>comparingInt(
                    word -> EDITS.apply(word.toLowerCase(Locale.ROOT), lowered))
                .thenComparing(Comparator.naturalOrder()))
        .orElse("");
  }
}
