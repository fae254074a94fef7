package dev.lockstep.app.terminal;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds what somebody probably meant to write. */
public final class Nearest {
  private static final LevenshteinDistance EDITS = LevenshteinDistance.getDefaultInstance();

  private Nearest() {}

  /** Returns the known word with the fewest edits from what was found, case aside. */
  public static String among(Collection<String> known, String found) {
    String lowered = found.toLowerCase(Locale.ROOT);
    return known.stream()
        .min(
            Comparator.<String>comparingInt(
                    word -> EDITS.apply(word.toLowerCase(Locale.ROOT), lowered))
                .thenComparing(Comparator.naturalOrder()))
        .orElse("");
  }
}
