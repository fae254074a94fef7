package dev.lockstep.app;

import dev.lockstep.enrichment.Location;
import dev.lockstep.enrichment.Network;
import dev.lockstep.enrichment.NetworkClass;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says of which networks the places cannot be right, since those who use them are elsewhere within
 * the same hour: up to {@value #MOST_SPOTS} prefixes and {@value #MOST_PAIRINGS} pairs of them.
 */
final class PlaceSurvey {
  private static final int MOST_SPOTS = 200_000;
  private static final int MOST_PAIRINGS = 2_000_000;

  /** Whoever comes through one of these may be anywhere, and the rules know it. */
  private static final Set<NetworkClass> ANYWHERE =
      EnumSet.of(
          NetworkClass.CORPORATE,
          NetworkClass.BACKEND,
          NetworkClass.TRUSTED_PROXY,
          NetworkClass.VPN,
          NetworkClass.HOSTING);

  private final Map<Spot, Integer> numbers = new HashMap<>();
  private final List<Spot> spots = new ArrayList<>();
  private final Map<Long, Distinct> usersOfSystems = new HashMap<>();
  private final Stays stays = new Stays();
  private long leftOut;

  /**
   * @param user a hash of the user
   * @param eventAt milliseconds since 1970
   */
  void add(long user, long eventAt, Location location) {
    Network network = location.network();
    if (!location.place().known() || ANYWHERE.contains(network.networkClass())) {
      return;
    }
    Spot spot = new Spot(network, location.place());
    Integer number = numbers.get(spot);
    if (number == null) {
      if (spots.size() == MOST_SPOTS) {
        leftOut++;
        return;
      }
      number = spots.size();
      numbers.put(spot, number);
      spots.add(spot);
    }
    if (network.asn() != null) {
      usersOfSystems.computeIfAbsent(network.asn(), none -> new Distinct()).add(user);
    }
    stays.add(user, eventAt, number);
  }

  /** Returns how often there was no room. */
  long leftOut() {
    return leftOut + stays.leftOut();
  }

  List<NetworkSuggestion> suggestions() {
    Set<Pairing> pairings = new LinkedHashSet<>();
    stays.together((user, day, at) -> pair(user, day, at, pairings));
    FarNetworks far = new FarNetworks(pairings, usersOfSystems);
    List<NetworkSuggestion> rows = new ArrayList<>(far.suggestions());
    rows.addAll(new TwicePlaced(far.unexplained(), spots).suggestions());
    return rows;
  }

  private void pair(int user, int day, int[] at, Set<Pairing> pairings) {
    for (int i = 0; i < at.length; i++) {
      for (int j = i + 1; j < at.length; j++) {
        Spot one = spots.get(at[i]);
        Spot other = spots.get(at[j]);
        if (one.network().prefix().equals(other.network().prefix())) {
          continue;
        }
        if (pairings.size() < MOST_PAIRINGS) {
          pairings.add(
              one.network().prefix().compareTo(other.network().prefix()) < 0
                  ? new Pairing(user, day, one, other)
                  : new Pairing(user, day, other, one));
        } else {
          leftOut++;
        }
      }
    }
  }
}
