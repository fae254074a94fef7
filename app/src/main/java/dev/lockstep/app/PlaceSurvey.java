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
 * Says of which networks the places cannot be right, since those who use them were elsewhere so
 * shortly before or after that nobody travels it: up to {@value #MOST_SPOTS} prefixes and {@value
 * #MOST_PAIRINGS} pairs of them.
 */
final class PlaceSurvey {
  private static final int MOST_SPOTS = 200_000;
  private static final int MOST_PAIRINGS = 2_000_000;

  /** Whoever comes through one of these is not there, and anybody may rent the last. */
  private static final Set<NetworkClass> NOBODY_IS_THERE =
      EnumSet.of(NetworkClass.BACKEND, NetworkClass.TRUSTED_PROXY, NetworkClass.HOSTING);

  private final Map<Spot, Integer> numbers = new HashMap<>();
  private final List<Spot> spots = new ArrayList<>();
  private final Map<Long, Distinct> usersOfSystems = new HashMap<>();
  private final Map<Long, Distinct> ownersOfDevices = new HashMap<>();
  private final Stays stays = new Stays();
  private long leftOut;

  /**
   * @param user a hash of the user
   * @param device a hash of a device that is managed or compliant, or 0
   * @param eventAt milliseconds since 1970
   */
  void add(long user, long device, long eventAt, Location location) {
    Network network = location.network();
    if (!location.place().known() || NOBODY_IS_THERE.contains(network.networkClass())) {
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
      if (device != 0) {
        ownersOfDevices.computeIfAbsent(network.asn(), none -> new Distinct()).add(user);
      }
    }
    stays.add(user, device, eventAt, number);
  }

  /** Returns how often there was no room. */
  long leftOut() {
    return leftOut + stays.leftOut();
  }

  List<NetworkSuggestion> suggestions() {
    Set<Pairing> pairings = new LinkedHashSet<>();
    stays.each((user, quarters, at, devices) -> compare(user, quarters, at, devices, pairings));
    pairings.removeAll(Egresses.elsewhere(pairings));
    FarNetworks far = new FarNetworks(pairings, spots, usersOfSystems, ownersOfDevices);
    List<NetworkSuggestion> rows = new ArrayList<>(far.suggestions());
    rows.addAll(new TwicePlaced(far.unexplained(), spots).suggestions());
    return rows;
  }

  private void compare(int user, int[] quarters, int[] at, int[] devices, Set<Pairing> pairings) {
    for (int i = 0; i < at.length; i++) {
      Spot one = spots.get(at[i]);
      for (int j = i + 1; j < at.length; j++) {
        int between = quarters[j] - quarters[i];
        if (between > Stays.QUARTERS_A_DAY) {
          break;
        }
        Spot other = spots.get(at[j]);
        if (at[i] == at[j] || one.network().prefix().equals(other.network().prefix())) {
          continue;
        }
        boolean sameDevice = devices[i] != 0 && devices[i] == devices[j];
        int day = quarters[j] / Stays.QUARTERS_A_DAY;
        Pairing pairing = Pairing.of(user, day, one, other, between, sameDevice);
        if (!pairing.tells()) {
          continue;
        }
        if (pairings.size() < MOST_PAIRINGS) {
          pairings.add(pairing);
        } else {
          leftOut++;
        }
      }
    }
  }
}
