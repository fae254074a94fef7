package dev.lockstep.app;

import dev.lockstep.enrichment.NetworkClass;
import dev.lockstep.enrichment.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Autonomous systems whose addresses do not tell where their users are: carriers, cabins, chains of
 * hotels, VPNs. The one that most of its users contradict is taken first; what it explains is no
 * evidence against the others.
 */
final class FarNetworks {
  private static final int USERS = 3;
  private static final double SHARE = 0.5;
  private static final int ROAMING_USERS = 2;
  private static final int VPN_COUNTRIES = 3;
  private static final double SCATTERED_KM = 300;
  private static final double STEP_KM = 50;
  private static final double HALF_WAY_ROUND_KM = 20_040;

  private final List<NetworkSuggestion> rows = new ArrayList<>();
  private final List<Pairing> unexplained;

  /** What is said about one system by the other places of its users. */
  private static final class Tally {
    final long asn;
    final long seen;
    final Set<Integer> users = new HashSet<>();
    final Set<Integer> farUsers = new HashSet<>();
    final Set<Integer> abroadUsers = new HashSet<>();
    final Set<Integer> farDays = new HashSet<>();
    final Map<Spot, Set<Spot>> far = new LinkedHashMap<>();
    final Set<String> countries = new HashSet<>();
    @Nullable Spot first;

    /**
     * @param seen how many users were seen there at all
     */
    Tally(long asn, long seen) {
      this.asn = asn;
      this.seen = seen;
    }

    void add(Pairing pairing, Spot own, Spot other) {
      first = first == null ? own : first;
      users.add(pairing.user());
      String country = own.network().country();
      if (country != null) {
        countries.add(country);
      }
      if (!pairing.far()) {
        return;
      }
      farUsers.add(pairing.user());
      farDays.add(pairing.day());
      far.computeIfAbsent(own, none -> new HashSet<>()).add(other);
      String elsewhere = other.network().country();
      if (country != null && elsewhere != null && !country.equals(elsewhere)) {
        abroadUsers.add(pairing.user());
      }
    }

    double share() {
      return (double) farUsers.size() / Math.max(seen, users.size());
    }

    boolean moves() {
      return first != null && first.moves();
    }

    boolean worthARow() {
      if (farUsers.size() < USERS) {
        return false;
      }
      return moves()
          || (share() >= SHARE && (countries.size() >= VPN_COUNTRIES || scattered(others())));
    }

    List<Place> others() {
      return far.values().stream().flatMap(Set::stream).map(Spot::place).toList();
    }

    private static boolean scattered(List<Place> places) {
      return places.stream().anyMatch(place -> Spot.km(places.get(0), place) > SCATTERED_KM);
    }
  }

  /**
   * @param seen how many users were seen in each system
   */
  FarNetworks(Collection<Pairing> pairings, Map<Long, Distinct> seen) {
    List<Pairing> left = new ArrayList<>(pairings);
    for (Tally next = next(left, seen); next != null; next = next(left, seen)) {
      long asn = next.asn;
      rows.add(row(next));
      left.removeIf(pairing -> isOf(pairing.one(), asn) || isOf(pairing.other(), asn));
    }
    unexplained = left;
  }

  List<NetworkSuggestion> suggestions() {
    return rows;
  }

  /** Returns the pairs that no suggested system is part of. */
  List<Pairing> unexplained() {
    return unexplained;
  }

  private static boolean isOf(Spot spot, long asn) {
    Long of = spot.network().asn();
    return of != null && of == asn;
  }

  private static @Nullable Tally next(List<Pairing> pairings, Map<Long, Distinct> seen) {
    Map<Long, Tally> tallies = new HashMap<>();
    for (Pairing pairing : pairings) {
      tally(tallies, seen, pairing, pairing.one(), pairing.other());
      tally(tallies, seen, pairing, pairing.other(), pairing.one());
    }
    return tallies.values().stream()
        .filter(Tally::worthARow)
        .max(
            Comparator.comparing(Tally::moves)
                .thenComparing(Tally::share)
                .thenComparing(tally -> tally.farUsers.size())
                .thenComparing(tally -> tally.countries.size())
                .thenComparing(tally -> -tally.asn))
        .orElse(null);
  }

  private static void tally(
      Map<Long, Tally> tallies, Map<Long, Distinct> seen, Pairing pairing, Spot own, Spot other) {
    Long asn = own.network().asn();
    if (asn != null && !asn.equals(other.network().asn()) && !other.moves()) {
      Distinct users = seen.get(asn);
      long count = users == null ? 0 : users.count();
      tallies.computeIfAbsent(asn, of -> new Tally(of, count)).add(pairing, own, other);
    }
  }

  private static NetworkSuggestion row(Tally tally) {
    Spot first = tally.first;
    if (first == null) {
      throw new IllegalStateException("nothing was seen of AS" + tally.asn);
    }
    Map<String, Number> numbers = new LinkedHashMap<>();
    numbers.put("users", Math.max(tally.seen, tally.users.size()));
    numbers.put("comparedUsers", tally.users.size());
    numbers.put("farUsers", tally.farUsers.size());
    numbers.put("farShare", tally.share());
    numbers.put("abroadUsers", tally.abroadUsers.size());
    numbers.put("days", tally.farDays.size());
    NetworkClass suggested = null;
    Place place = null;
    String why;
    if (!tally.moves() && tally.countries.size() >= VPN_COUNTRIES) {
      suggested = NetworkClass.VPN;
      why = "exits in several countries, whose users are elsewhere within the hour: a VPN";
    } else {
      int roaming = tally.moves() ? ROAMING_USERS : 1;
      boolean anywhere = tally.abroadUsers.size() >= roaming;
      place = around(tally, anywhere);
      why =
          anywhere
              ? "its users are in other countries within the hour: its places say nothing"
              : "its users are far off in the same country within the hour";
    }
    return new NetworkSuggestion(
        "AS" + tally.asn, suggested, place, why, numbers, Spot.named(first.network()));
  }

  /**
   * The middle of what was seen in its country, with a radius that holds it, or the whole earth.
   */
  private static Place around(Tally tally, boolean anywhere) {
    List<Place> seen = new ArrayList<>(tally.far.keySet().stream().map(Spot::place).toList());
    if (!anywhere) {
      tally.far.forEach(
          (own, others) ->
              others.stream()
                  .filter(other -> sameCountry(own, other))
                  .forEach(other -> seen.add(other.place())));
    }
    Place middle =
        at(
            middle(seen.stream().map(Place::latitude).toList()),
            middle(seen.stream().map(Place::longitude).toList()),
            HALF_WAY_ROUND_KM);
    if (anywhere) {
      return middle;
    }
    double farthest = seen.stream().mapToDouble(place -> Spot.km(middle, place)).max().orElse(0);
    double radius = Math.min(HALF_WAY_ROUND_KM, Math.ceil(farthest / STEP_KM) * STEP_KM);
    return at(middle.latitude(), middle.longitude(), radius);
  }

  private static boolean sameCountry(Spot own, Spot other) {
    return Objects.equals(own.network().country(), other.network().country());
  }

  private static double middle(List<Double> degrees) {
    double least = degrees.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    double most = degrees.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    return Math.round((least + most) / 2 * 10) / 10.0;
  }

  private static Place at(double latitude, double longitude, double radiusKm) {
    return new Place(null, null, latitude, longitude, radiusKm);
  }
}
