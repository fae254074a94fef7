package dev.lockstep.app;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who says that two places cannot both be right. A device of the organisation that was at both is
 * proof, since a thief does not have it; without one, a thief with a few victims would look the
 * same, so that it takes more users, each on more than one day.
 */
final class Proof {
  private static final int PROVEN = 2;
  private static final int WITH_ONE_PROVEN = 3;
  private static final int OTHERWISE = 5;
  private static final int DAYS_EACH = 2;

  private final Set<Integer> proven = new HashSet<>();
  private final Map<Integer, Set<Integer>> daysOf = new HashMap<>();

  /**
   * @param pairing one that is far
   */
  void add(Pairing pairing) {
    if (pairing.proven()) {
      proven.add(pairing.user());
    }
    daysOf.computeIfAbsent(pairing.user(), none -> new HashSet<>()).add(pairing.day());
  }

  void addAll(Proof other) {
    proven.addAll(other.proven);
    other.daysOf.forEach(
        (user, days) -> daysOf.computeIfAbsent(user, none -> new HashSet<>()).addAll(days));
  }

  int users() {
    return daysOf.size();
  }

  int provenUsers() {
    return proven.size();
  }

  int days() {
    Set<Integer> days = new HashSet<>();
    daysOf.values().forEach(days::addAll);
    return days.size();
  }

  /** Returns whether devices of two users were at both, or one of three users. */
  boolean isProven() {
    return proven.size() >= PROVEN || (!proven.isEmpty() && users() >= WITH_ONE_PROVEN);
  }

  /** Returns whether it is proven, or five users are seen on two days each. */
  boolean isEnough() {
    return isProven()
        || daysOf.values().stream().filter(days -> days.size() >= DAYS_EACH).count() >= OTHERWISE;
  }
}
