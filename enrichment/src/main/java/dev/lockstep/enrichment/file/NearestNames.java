package dev.lockstep.enrichment.file;

import java.util.Collection;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finder of the known word that is nearest to an unknown one. */
public final class NearestNames {
  private static final LevenshteinDistance EDITS = LevenshteinDistance.getDefaultInstance();
  private static final int LONGEST = 64;

  private NearestNames() {}

  /**
   * Returns how many characters have to be added, removed or replaced to make one word the other,
   * without regard to case. Only the first 64 characters of each word count.
   */
  public static int edits(String one, String other) {
    return EDITS.apply(lowered(one), lowered(other));
  }

  private static String lowered(String word) {
    return word.substring(0, Math.min(word.length(), LONGEST)).toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the known word that takes the fewest edits to become {@code found}, without regard to
   * case, or an empty text if no word is known.
   */
  public static String among(Collection<String> known, String found) {
    String lowered = lowered(found);
    String nearest = "";
    int fewest = Integer.MAX_VALUE;
    for (String word : known) {
      String other = word.toLowerCase(Locale.ROOT);
      if (Math.abs(other.length() - lowered.length()) > fewest) {
        continue;
      }
      int edits =
          fewest == Integer.MAX_VALUE
              ? EDITS.apply(other, lowered)
              : new LevenshteinDistance(fewest).apply(other, lowered);
      boolean isNearer = edits >= 0 && edits < fewest; // -1: more edits than the fewest
      if (isNearer || (edits == fewest && word.compareTo(nearest) < 0)) {
        nearest = word;
        fewest = edits;
      }
    }
    return nearest;
  }
}
