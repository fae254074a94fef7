package dev.lockstep.enrichment.file;

import java.util.Collection;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finder of the known word that is nearest to an unknown one. */
public final class NearestNames {
  private static final LevenshteinDistance EDITS = LevenshteinDistance.getDefaultInstance();
  private static final int LONGEST = 64;
  private static final int SHORT = 4;

  private NearestNames() {}

  /**
   * Returns the edit distance of two words, without regard to case. It is the number of characters
   * to add, remove or replace to make one word the other. Only the first 64 characters of each word
   * count.
   */
  public static int edits(String one, String other) {
    return EDITS.apply(lowered(one), lowered(other));
  }

  private static String lowered(String word) {
    return word.substring(0, Math.min(word.length(), LONGEST)).toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the known word that is nearest to a given text, or an empty text if the two differ too
   * much. The nearest word is the one that {@link #among} finds. The two may differ by two edits,
   * or by a third of the length of the longer of the two if that is more. If both have fewer than
   * four letters, they may differ by one edit.
   */
  public static String similarAmong(Collection<String> known, String found) {
    String nearest = among(known, found);
    int longer = Math.max(nearest.length(), found.length());
    int most = longer < SHORT ? 1 : Math.max(2, longer / 3);
    return !nearest.isEmpty() && edits(nearest, found) <= most ? nearest : "";
  }

  /**
   * Returns the known word that becomes a given text with the fewest edits, or an empty text if no
   * word is known. Case does not matter, and only the first 64 characters of each word count.
   */
  public static String among(Collection<String> known, String found) {
    String lowered = lowered(found);
    String nearest = "";
    int fewest = Integer.MAX_VALUE;
    for (String word : known) {
      String other = lowered(word);
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
