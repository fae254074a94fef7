package dev.lockstep.app;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the organisation's own egresses that stand where their users are, offices, from those that
 * do not: a VPN's, or an office whose traffic leaves by another.
 */
final class Egresses {
  private static final int USERS = 3;
  private static final double SHARE = 0.8;

  /** Who was at an egress and beside it, and who was at it and far off. */
  private static final class Users {
    final Set<Integer> near = new HashSet<>();
    final Set<Integer> far = new HashSet<>();

    boolean isOffice() {
      return near.size() >= USERS && near.size() >= SHARE * (near.size() + far.size());
    }
  }

  private Egresses() {}

  /**
   * Returns the pairs that tell nothing, since they are with such an egress, or of two egresses.
   */
  static Set<Pairing> elsewhere(Collection<Pairing> pairings) {
    Map<Spot, Users> users = new HashMap<>();
    for (Pairing pairing : pairings) {
      Spot own = own(pairing);
      if (own != null && !other(pairing, own).elusive()) {
        Users of = users.computeIfAbsent(own, none -> new Users());
        if (pairing.far()) {
          of.far.add(pairing.user());
        } else if (pairing.near()) {
          of.near.add(pairing.user());
        }
      }
    }
    Set<Pairing> elsewhere = new HashSet<>();
    for (Pairing pairing : pairings) {
      boolean one = pairing.one().corporate();
      boolean other = pairing.other().corporate();
      if (one || other) {
        Spot own = one ? pairing.one() : pairing.other();
        Users of = users.get(own);
        if ((one && other) || of == null || !of.isOffice()) {
          elsewhere.add(pairing);
        }
      }
    }
    return elsewhere;
  }

  /** Returns the one that is an egress, if only one is. */
  private static @Nullable Spot own(Pairing pairing) {
    boolean one = pairing.one().corporate();
    if (one == pairing.other().corporate()) {
      return null;
    }
    return one ? pairing.one() : pairing.other();
  }

  private static Spot other(Pairing pairing, Spot own) {
    return own.equals(pairing.one()) ? pairing.other() : pairing.one();
  }
}
