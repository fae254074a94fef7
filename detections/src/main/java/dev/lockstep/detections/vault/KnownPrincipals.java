package dev.lockstep.detections.vault;

import dev.lockstep.rules.Learned;
import java.util.HashSet;
import java.util.NavigableSet;
import java.util.Set;

/**
 * Principals whose calls a vault accepted on the days of the learning period. These are the latest
 * days with accepted calls, at least two and at most {@link VaultOutside#DAYS_BACK} days before the
 * judged day.
 *
 * @param days number of these days, at most the setting {@code learningDays}
 * @param traits traits that were learned on these days
 */
record KnownPrincipals(int days, Set<String> traits) {
  static final String OVERFLOW = "overflow";

  /** Trait that is learned on a day on which the vault accepted a call that names no principal. */
  static final String NOBODY = "nobody";

  private static final String PRINCIPAL = "principal ";

  static String trait(String principal) {
    return PRINCIPAL + principal;
  }

  static KnownPrincipals of(Learned learned, int day, int most) {
    NavigableSet<Integer> all =
        learned.days().subSet(day - VaultOutside.DAYS_BACK, true, day - 2, true);
    Set<String> traits = new HashSet<>();
    int days = 0;
    for (int each : all.descendingSet()) {
      if (days == most) {
        break;
      }
      days++;
      traits.addAll(learned.on(each).keySet());
    }
    return new KnownPrincipals(days, traits);
  }

  boolean knows(String principal) {
    return traits.contains(trait(principal));
  }

  /**
   * Returns whether any of the learned days had more callers than are kept. No caller then counts
   * as new.
   */
  boolean overflows() {
    return traits.contains(OVERFLOW);
  }
}
