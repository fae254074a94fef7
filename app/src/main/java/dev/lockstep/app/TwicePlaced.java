package dev.lockstep.app;

import dev.lockstep.enrichment.Network;
import dev.lockstep.enrichment.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Ranges that are placed far from where their users also are within the hour, day after day: one
 * home with two ranges, one of which is misplaced. The odd one is the one whose owner and place
 * agree less often with other ranges of their users.
 */
final class TwicePlaced {
  private static final int DAYS = 3;
  private static final double LEAST_RADIUS_KM = 50;

  /** An owner at a place. */
  private record Site(long asn, String at) {
    static Site of(Spot spot) {
      Long asn = spot.network().asn();
      return new Site(asn == null ? 0 : asn, at(spot.place()));
    }

    static String at(Place place) {
      return "%s/%s/%.3f/%.3f"
          .formatted(place.country(), place.city(), place.latitude(), place.longitude());
    }
  }

  /** How often a site agrees with others. */
  private static final class Trust {
    final Set<Pairing.UserDay> near = new HashSet<>();
    final Set<Pairing.UserDay> far = new HashSet<>();

    double share() {
      int all = near.size() + far.size();
      return all == 0 ? 0 : (double) near.size() / all;
    }
  }

  /** Ranges of one owner that one place is wrong for in the same way. */
  private static final class Odd {
    final Spot spot;
    final Spot with;
    final Set<String> prefixes = new TreeSet<>();
    final Set<Integer> users = new HashSet<>();
    final Set<Integer> days = new HashSet<>();

    Odd(Spot spot, Spot with) {
      this.spot = spot;
      this.with = with;
    }
  }

  private final Collection<Pairing> pairings;
  private final Collection<Spot> spots;
  private final Map<Site, Trust> trusts = new HashMap<>();

  /**
   * @param spots all that were seen
   */
  TwicePlaced(Collection<Pairing> pairings, Collection<Spot> spots) {
    this.pairings = pairings;
    this.spots = spots;
    for (Pairing pairing : pairings) {
      count(pairing, pairing.one());
      count(pairing, pairing.other());
    }
  }

  private void count(Pairing pairing, Spot spot) {
    Trust trust = trusts.computeIfAbsent(Site.of(spot), none -> new Trust());
    if (pairing.far()) {
      trust.far.add(pairing.userDay());
    } else if (pairing.near()) {
      trust.near.add(pairing.userDay());
    }
  }

  List<NetworkSuggestion> suggestions() {
    Map<String, Map<String, List<Pairing>>> votes = new TreeMap<>();
    for (Pairing pairing : pairings) {
      if (pairing.far() && !pairing.one().moves() && !pairing.other().moves()) {
        Spot odd = odd(pairing);
        votes
            .computeIfAbsent(odd.network().prefix(), none -> new TreeMap<>())
            .computeIfAbsent(Site.at(with(pairing, odd).place()), none -> new ArrayList<>())
            .add(pairing);
      }
    }
    Map<String, Odd> odds = new LinkedHashMap<>();
    votes.forEach(
        (prefix, places) -> {
          List<Pairing> most =
              places.values().stream()
                  .max(Comparator.comparingInt(TwicePlaced::userDays))
                  .orElse(List.of());
          for (Pairing pairing : most) {
            Spot spot = odd(pairing);
            Spot with = with(pairing, spot);
            String key = Site.of(spot) + " " + Site.at(with.place());
            Odd odd = odds.computeIfAbsent(key, none -> new Odd(spot, with));
            odd.prefixes.add(prefix);
            odd.users.add(pairing.user());
            odd.days.add(pairing.day());
          }
        });
    List<NetworkSuggestion> rows = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    odds.values().stream()
        .filter(odd -> odd.days.size() >= DAYS)
        .sorted(Comparator.comparingInt(odd -> -odd.users.size()))
        .forEach(
            odd -> {
              for (String range : ranges(odd)) {
                if (taken.add(range)) {
                  rows.add(row(range, odd));
                }
              }
            });
    return rows;
  }

  private static int userDays(List<Pairing> pairings) {
    Set<Pairing.UserDay> days = new HashSet<>();
    pairings.forEach(pairing -> days.add(pairing.userDay()));
    return days.size();
  }

  private static Spot with(Pairing pairing, Spot odd) {
    return odd.equals(pairing.one()) ? pairing.other() : pairing.one();
  }

  private Spot odd(Pairing pairing) {
    double one = trust(pairing.one());
    double other = trust(pairing.other());
    if (one != other) {
      return one < other ? pairing.one() : pairing.other();
    }
    // Databases know less of IPv6.
    return pairing.one().network().prefix().indexOf(':') >= 0 ? pairing.one() : pairing.other();
  }

  private double trust(Spot spot) {
    Trust trust = trusts.get(Site.of(spot));
    return trust == null ? 0 : trust.share();
  }

  /** The block around all of them, unless another of the owner's that is placed otherwise is in. */
  private List<String> ranges(Odd odd) {
    List<String> prefixes = List.copyOf(odd.prefixes);
    Block block = Block.around(prefixes);
    if (block == null || prefixes.size() < 2) {
      return prefixes;
    }
    Block wide = block.onNibble();
    if (isOnlyOf(odd, wide)) {
      return List.of(wide.text());
    }
    return isOnlyOf(odd, block) ? List.of(block.text()) : prefixes;
  }

  private boolean isOnlyOf(Odd odd, Block block) {
    Site site = Site.of(odd.spot);
    return block.plausible()
        && spots.stream()
            .filter(spot -> block.contains(spot.network().prefix()))
            .allMatch(spot -> Site.of(spot).equals(site) || spot.apartKm(odd.with) == 0);
  }

  private static NetworkSuggestion row(String range, Odd odd) {
    Place with = odd.with.place();
    Network network = odd.spot.network();
    Map<String, Number> numbers = new LinkedHashMap<>();
    numbers.put("users", odd.users.size());
    numbers.put("days", odd.days.size());
    numbers.put("prefixes", odd.prefixes.size());
    numbers.put("km", Math.round(Spot.km(odd.spot.place(), with)));
    Place place =
        new Place(
            with.country(),
            with.city(),
            with.latitude(),
            with.longitude(),
            Math.max(LEAST_RADIUS_KM, with.accuracyKm()));
    return new NetworkSuggestion(
        range,
        null,
        place,
        "placed in %s, but its users are in %s within the hour, day after day; whose is it?"
            .formatted(town(odd.spot.place()), town(with)),
        numbers,
        Spot.named(network));
  }

  private static String town(Place place) {
    String city = place.city();
    return city == null ? "the country " + place.country() : city + ", " + place.country();
  }
}
