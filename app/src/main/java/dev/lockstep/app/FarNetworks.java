package dev.lockstep.app;

import dev.lockstep.enrichment.NetworkClass;
import dev.lockstep.enrichment.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Autonomous systems whose addresses do not tell where their users are: carriers, cabins, chains of
 * hotels, VPNs. The one that most of its users contradict is taken first; what it explains is no
 * evidence against the others.
 */
final class FarNetworks {
  private static final double SHARE = 0.5;
  private static final int VPN_COUNTRIES = 3;
  private static final double SCATTERED_KM = 300;
  private static final double STEP_KM = 50;
  private static final int CARRIERS = 2;
  private static final int OWNERS = 3;
  private static final String LIKE_OTHERS =
      "a carrier as others of yours, whose users are in other countries meanwhile";
  private static final double HALF_WAY_ROUND_KM = 20_040;

  /** What a networks file calls a country that says nothing of the users. */
  static final String NO_COUNTRY = "ZZ";

  private final List<NetworkSuggestion> rows = new ArrayList<>();
  private final List<Pairing> unexplained;
  private final Collection<Spot> spots;

  /** What is said about one system by the other places of its users. */
  private static final class Tally {
    final long asn;
    final Set<Integer> users = new HashSet<>();
    final Proof far = new Proof();
    final Proof abroad = new Proof();
    final Set<Spot> farSpots = new LinkedHashSet<>();
    final Set<Spot> others = new LinkedHashSet<>();
    final Set<String> countries = new HashSet<>();
    @Nullable Spot first;

    Tally(long asn) {
      this.asn = asn;
    }

    void add(Pairing pairing, Spot own, Spot other) {
      first = first == null ? own : first;
      String country = own.network().country();
      if (country != null) {
        countries.add(country);
      }
      if (pairing.far() || pairing.near()) {
        users.add(pairing.user());
      }
      if (!pairing.far()) {
        return;
      }
      far.add(pairing);
      farSpots.add(own);
      others.add(other);
      String elsewhere = other.network().country();
      if (country != null && elsewhere != null && !country.equals(elsewhere)) {
        abroad.add(pairing);
      }
    }

    double share() {
      return (double) far.users() / Math.max(1, users.size());
    }

    boolean moves() {
      return first != null && first.moves();
    }

    /** Whether it is a VPN: because somebody says so, or by exits in many countries. */
    boolean hides() {
      return !moves() && (isNamedVpn() || countries.size() >= VPN_COUNTRIES);
    }

    boolean isNamedVpn() {
      return first != null && first.network().networkClass() == NetworkClass.VPN;
    }

    /** Whether its users may be anywhere on earth, as far as its addresses tell. */
    boolean everywhere() {
      return hides() || abroad.provenUsers() > 0 || abroad.isEnough();
    }

    /** Whether not even the country of its addresses tells anything. A thief's VPN's does. */
    boolean inNoCountry() {
      return !hides() && abroad.isProven();
    }

    boolean worthARow() {
      if (moves()) {
        return far.isEnough();
      }
      boolean odd = share() >= SHARE;
      return odd && (hides() ? far.isEnough() : far.isProven() && scattered());
    }

    /** Whether its users come from more than one region: it is not one range placed wrongly. */
    private boolean scattered() {
      List<Place> places = others.stream().map(Spot::place).toList();
      return places.stream().anyMatch(place -> Spot.km(places.get(0), place) > SCATTERED_KM);
    }
  }

  /**
   * @param spots all that were seen
   * @param seen which users were seen in each system
   * @param ownersOfDevices which users were seen there with a device of the organisation
   */
  FarNetworks(
      Collection<Pairing> pairings,
      Collection<Spot> spots,
      Map<Long, Distinct> seen,
      Map<Long, Distinct> ownersOfDevices) {
    this.spots = spots;
    List<Pairing> left = new ArrayList<>(pairings);
    Map<Long, Tally> taken = new LinkedHashMap<>();
    for (Tally next = next(left); next != null; next = next(left)) {
      long asn = next.asn;
      taken.put(asn, next);
      left.removeIf(pairing -> isOf(pairing.one(), asn) || isOf(pairing.other(), asn));
    }
    unexplained = left;
    List<Tally> carriers = taken.values().stream().filter(Tally::moves).toList();
    long anywhere = carriers.stream().filter(Tally::everywhere).count();
    long inNoCountry = carriers.stream().filter(Tally::inNoCountry).count();
    taken.values().forEach(tally -> rows.add(row(tally, seen, anywhere, inNoCountry)));
    if (anywhere >= CARRIERS) {
      Map<Long, Distinct> others = new HashMap<>(ownersOfDevices);
      others.keySet().removeAll(taken.keySet());
      likeOthers(others, seen, anywhere, inNoCountry >= CARRIERS);
    }
  }

  /** Phones that roam leave at home whosever they are: what two carriers show holds for all. */
  private void likeOthers(
      Map<Long, Distinct> owners, Map<Long, Distinct> seen, long carriers, boolean noCountry) {
    Map<Long, List<Spot>> others = new TreeMap<>();
    for (Spot spot : spots) {
      Long asn = spot.network().asn();
      Distinct with = asn == null ? null : owners.get(asn);
      if (asn != null && with != null && spot.moves() && with.count() >= ownersOf(spot)) {
        others.computeIfAbsent(asn, none -> new ArrayList<>()).add(spot);
      }
    }
    others.forEach(
        (asn, of) -> {
          Distinct users = seen.get(asn);
          Map<String, Number> numbers = new LinkedHashMap<>();
          numbers.put("users", users == null ? 0 : users.count());
          numbers.put("likeCarriers", carriers);
          String named = Spot.named(of.get(0).network());
          Place place = wholeEarth(of, noCountry);
          rows.add(new NetworkSuggestion("AS" + asn, null, place, LIKE_OTHERS, numbers, named));
        });
  }

  /** A phone's carrier is one that several of us have; a cabin has few of us. */
  private static int ownersOf(Spot spot) {
    return spot.network().networkClass() == NetworkClass.SATELLITE ? 1 : OWNERS;
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

  private static @Nullable Tally next(List<Pairing> pairings) {
    Map<Long, Tally> tallies = new HashMap<>();
    for (Pairing pairing : pairings) {
      tally(tallies, pairing, pairing.one(), pairing.other());
      tally(tallies, pairing, pairing.other(), pairing.one());
    }
    return tallies.values().stream()
        .filter(Tally::worthARow)
        .max(
            Comparator.comparing(Tally::moves)
                .thenComparing(Tally::hides)
                .thenComparing(Tally::share)
                .thenComparing(tally -> tally.far.users())
                .thenComparing(tally -> tally.countries.size())
                .thenComparing(tally -> -tally.asn))
        .orElse(null);
  }

  private static void tally(Map<Long, Tally> tallies, Pairing pairing, Spot own, Spot other) {
    Long asn = own.network().asn();
    if (asn != null && !own.corporate() && !asn.equals(other.network().asn()) && !other.elusive()) {
      tallies.computeIfAbsent(asn, Tally::new).add(pairing, own, other);
    }
  }

  private NetworkSuggestion row(
      Tally tally, Map<Long, Distinct> seenOf, long anywhere, long inNoCountry) {
    Distinct seen = seenOf.get(tally.asn);
    Spot first = tally.first;
    if (first == null) {
      throw new IllegalStateException("nothing was seen of AS" + tally.asn);
    }
    Map<String, Number> numbers = new LinkedHashMap<>();
    numbers.put("users", seen == null ? tally.users.size() : seen.count());
    numbers.put("comparedUsers", tally.users.size());
    numbers.put("farUsers", tally.far.users());
    numbers.put("provenUsers", tally.far.provenUsers());
    numbers.put("farShare", tally.share());
    numbers.put("abroadUsers", tally.abroad.users());
    numbers.put("days", tally.far.days());
    boolean like = tally.moves() && anywhere >= CARRIERS && !tally.everywhere();
    boolean everywhere = tally.everywhere() || like;
    boolean noCountry =
        tally.inNoCountry() || (tally.moves() && everywhere && inNoCountry >= CARRIERS);
    Place place = everywhere ? wholeEarth(tally.farSpots, noCountry) : inCountry(tally);
    NetworkClass suggested = tally.hides() && !tally.isNamedVpn() ? NetworkClass.VPN : null;
    String why;
    if (like) {
      numbers.put("likeCarriers", anywhere);
      why = LIKE_OTHERS;
    } else if (tally.hides()) {
      why =
          "a VPN: where its exits are says nothing of its users, who are elsewhere meanwhile"
              + (tally.far.provenUsers() > 0
                  ? ""
                  : "; no device of yours shows it: ask two of them");
    } else if (everywhere) {
      why = "its users are in other countries meanwhile: its places say nothing of them";
    } else {
      why = "its users are far off in the same country meanwhile";
    }
    return new NetworkSuggestion(
        "AS" + tally.asn, suggested, place, why, numbers, Spot.named(first.network()));
  }

  private static Place wholeEarth(Collection<Spot> of, boolean noCountry) {
    Place middle = middle(of.stream().map(Spot::place).toList());
    return new Place(
        noCountry ? NO_COUNTRY : null,
        null,
        middle.latitude(),
        middle.longitude(),
        HALF_WAY_ROUND_KM);
  }

  /** The middle of all that was seen of its countries, with a radius that holds it. */
  private Place inCountry(Tally tally) {
    List<Place> seen = new ArrayList<>();
    for (Spot spot : spots) {
      if (tally.farSpots.contains(spot)
          || (spot.network().country() != null
              && tally.countries.contains(spot.network().country())
              && (isOf(spot, tally.asn) || !spot.elusive()))) {
        seen.add(spot.place());
      }
    }
    Place middle = middle(seen);
    double farthest = seen.stream().mapToDouble(place -> Spot.km(middle, place)).max().orElse(0);
    return at(middle, Math.min(HALF_WAY_ROUND_KM, Math.ceil(farthest / STEP_KM) * STEP_KM));
  }

  private static Place middle(List<Place> places) {
    double latitude = middleOf(places.stream().map(Place::latitude).toList());
    double longitude = middleOf(places.stream().map(Place::longitude).toList());
    return new Place(null, null, latitude, longitude, 0);
  }

  private static double middleOf(List<Double> degrees) {
    double least = degrees.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    double most = degrees.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    return Math.round((least + most) / 2 * 10) / 10.0;
  }

  private static Place at(Place middle, double radiusKm) {
    return new Place(null, null, middle.latitude(), middle.longitude(), radiusKm);
  }
}
