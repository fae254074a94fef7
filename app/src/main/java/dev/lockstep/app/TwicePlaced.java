package dev.lockstep.app;

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
import java.util.TreeMap;

/**
 * Ranges that are placed far from where their users also are meanwhile: one home with two ranges,
 * one of which is misplaced. Which one is told by what else their users were seen at shortly before
 * or after; where that does not tell, both get a radius that holds the other.
 */
final class TwicePlaced {
  private static final int DAYS = 2;
  private static final int SUPPORTERS = 2;
  private static final int TIMES_MORE = 3;
  private static final double BESIDE_KM = 200;
  private static final double FAR_KM = 500;
  private static final double LEAST_RADIUS_KM = 50;
  private static final double STEP_KM = 50;

  /** Two prefixes that cannot both be where they are said to be. */
  private record Odds(String one, Spot.At at, String other, Spot.At otherAt) {}

  private static final class Conflict {
    final Spot one;
    final Spot other;
    final Proof proof = new Proof();

    Conflict(Spot one, Spot other) {
      this.one = one;
      this.other = other;
    }

    Spot but(Spot spot) {
      return spot.equals(one) ? other : one;
    }
  }

  /**
   * What is to be said of a prefix, by a conflict.
   *
   * @param supporters how many users were seen beside the place, 0 if it is only a radius
   */
  private record Verdict(Spot spot, Place place, Conflict conflict, int supporters) {}

  private final Map<String, Set<Spot>> spotsOf = new TreeMap<>();

  /** Who was seen at a prefix, and within hours at which other spots. */
  private final Map<String, Map<Spot, Set<Integer>>> company = new HashMap<>();

  /** Prefixes that one device was at within hours, whatever is said of their places. */
  private final Set<List<String>> joined = new HashSet<>();

  private final List<Conflict> conflicts = new ArrayList<>();
  private final Map<String, Verdict> moved = new TreeMap<>();
  private final Map<String, Verdict> widened = new TreeMap<>();
  private final Set<String> confirmed = new HashSet<>();

  /**
   * @param pairings without those that something else explains
   * @param spots all that were seen
   */
  TwicePlaced(Collection<Pairing> pairings, Collection<Spot> spots) {
    for (Spot spot : spots) {
      spotsOf.computeIfAbsent(prefix(spot), none -> new HashSet<>()).add(spot);
    }
    Map<Odds, Conflict> found = new LinkedHashMap<>();
    for (Pairing pairing : pairings) {
      Spot one = pairing.one();
      Spot other = pairing.other();
      if (one.elusive() || other.elusive()) {
        continue;
      }
      if (pairing.close() && pairing.sameDevice()) {
        joined.add(List.of(prefix(one), prefix(other)));
      }
      if (pairing.close()) {
        meet(one, other, pairing.user());
        meet(other, one, pairing.user());
      }
      if (pairing.far() && !one.corporate() && !other.corporate()) {
        found
            .computeIfAbsent(
                new Odds(prefix(one), one.at(), prefix(other), other.at()),
                none -> new Conflict(one, other))
            .proof
            .add(pairing);
      }
    }
    found.values().stream().filter(this::isCredible).forEach(conflicts::add);
    conflicts.sort(
        Comparator.<Conflict>comparingInt(conflict -> -conflict.proof.users())
            .thenComparing(conflict -> prefix(conflict.one))
            .thenComparing(conflict -> prefix(conflict.other)));
  }

  private static String prefix(Spot spot) {
    return spot.network().prefix();
  }

  private void meet(Spot at, Spot also, int user) {
    if (!also.vague()) {
      company
          .computeIfAbsent(prefix(at), none -> new HashMap<>())
          .computeIfAbsent(also, none -> new HashSet<>())
          .add(user);
    }
  }

  /** Whether it is more than somebody who signs in beside a victim. */
  private boolean isCredible(Conflict conflict) {
    return conflict.proof.days() >= DAYS
        && (conflict.proof.provenUsers() > 0
            || joined.contains(List.of(prefix(conflict.one), prefix(conflict.other))));
  }

  /** Whether towns far from each other are said of one prefix: one of them is wrong. */
  private boolean contradictsItself(String prefix) {
    Set<Spot> spots = spotsOf.getOrDefault(prefix, Set.of());
    return spots.stream()
        .filter(one -> !one.vague())
        .anyMatch(
            one ->
                spots.stream().anyMatch(other -> !other.vague() && one.apartKm(other) >= FAR_KM));
  }

  List<NetworkSuggestion> suggestions() {
    alike().forEach(this::decide);
    for (Conflict conflict : conflicts) {
      if (!isMended(conflict)) {
        widen(conflict.one, conflict);
        widen(conflict.other, conflict);
      }
    }
    List<NetworkSuggestion> rows = new ArrayList<>();
    rows(moved, rows);
    rows(widened, rows);
    return rows;
  }

  /** Those of the same owners and places: what tells of one tells of all. */
  private Collection<List<Conflict>> alike() {
    Map<List<Object>, List<Conflict>> alike = new LinkedHashMap<>();
    for (Conflict conflict : conflicts) {
      alike
          .computeIfAbsent(
              List.of(
                  owner(conflict.one),
                  conflict.one.at(),
                  owner(conflict.other),
                  conflict.other.at()),
              none -> new ArrayList<>())
          .add(conflict);
    }
    return alike.values();
  }

  private static Object owner(Spot spot) {
    return Objects.requireNonNullElse(spot.network().asn(), "nobody");
  }

  private void decide(List<Conflict> alike) {
    Set<Integer> ones = new HashSet<>();
    Set<Integer> others = new HashSet<>();
    for (Conflict conflict : alike) {
      ones.addAll(supporters(conflict, conflict.one.place()));
      others.addAll(supporters(conflict, conflict.other.place()));
    }
    for (Conflict conflict : alike) {
      Spot one = conflict.one;
      Spot other = conflict.other;
      if (wins(one, ones.size(), others.size())) {
        confirmed.add(prefix(one));
        move(other, one, conflict, ones.size());
      } else if (wins(other, others.size(), ones.size())) {
        confirmed.add(prefix(other));
        move(one, other, conflict, others.size());
      } else if (one.vague() != other.vague()) {
        confirmed.add(prefix(one.vague() ? other : one));
      }
    }
  }

  private static boolean wins(Spot spot, int supporters, int against) {
    return !spot.vague() && supporters >= SUPPORTERS && supporters >= TIMES_MORE * against;
  }

  private void move(Spot wrong, Spot right, Conflict conflict, int supporters) {
    Place at = right.place();
    Place place =
        new Place(
            at.country(),
            at.city(),
            at.latitude(),
            at.longitude(),
            Math.max(LEAST_RADIUS_KM, at.accuracyKm()));
    Verdict before = moved.get(prefix(wrong));
    if (before == null || before.supporters() < supporters) {
      moved.put(prefix(wrong), new Verdict(wrong, place, conflict, supporters));
    }
  }

  /** Which users of either were also seen beside a place, at a third prefix. */
  private Set<Integer> supporters(Conflict conflict, Place place) {
    Set<Integer> users = new HashSet<>();
    for (Spot of : List.of(conflict.one, conflict.other)) {
      users.addAll(beside(prefix(of), place, conflict));
    }
    return users;
  }

  private Set<Integer> beside(String prefix, Place place, Conflict conflict) {
    Set<Integer> users = new HashSet<>();
    company
        .getOrDefault(prefix, Map.of())
        .forEach(
            (third, who) -> {
              if (isWitness(third, conflict) && Spot.km(third.place(), place) <= BESIDE_KM) {
                users.addAll(who);
              }
            });
    return users;
  }

  /** Neighbouring /48s of one owner are placed by one opinion, and so are no other voice. */
  private boolean isWitness(Spot third, Conflict conflict) {
    String prefix = prefix(third);
    boolean ofTheTwo = prefix.equals(prefix(conflict.one)) || prefix.equals(prefix(conflict.other));
    return !ofTheTwo
        && !isSibling(third, conflict.one)
        && !isSibling(third, conflict.other)
        && !contradictsItself(prefix);
  }

  private static boolean isSibling(Spot one, Spot other) {
    return Block.of(prefix(one)) != null
        && Block.of(prefix(other)) != null
        && Objects.equals(one.network().asn(), other.network().asn());
  }

  private boolean isMended(Conflict conflict) {
    Place one = movedTo(conflict.one);
    Place other = movedTo(conflict.other);
    return Spot.km(one, other) - one.accuracyKm() - other.accuracyKm() < FAR_KM;
  }

  private Place movedTo(Spot spot) {
    Verdict verdict = moved.get(prefix(spot));
    return verdict == null ? spot.place() : verdict.place();
  }

  /** Gives a prefix a radius that holds the other, unless only the other is in doubt. */
  private void widen(Spot spot, Conflict conflict) {
    Spot other = conflict.but(spot);
    if (isKnown(spot) && !isKnown(other)) {
      return;
    }
    Place at = movedTo(spot);
    double radius = Math.ceil(Spot.km(at, movedTo(other)) / STEP_KM) * STEP_KM;
    Map<String, Verdict> into = moved.containsKey(prefix(spot)) ? moved : widened;
    Verdict before = into.get(prefix(spot));
    if (before == null || before.place().accuracyKm() < radius) {
      boolean sameCountry = Objects.equals(at.country(), movedTo(other).country());
      Place wide =
          new Place(
              sameCountry ? at.country() : FarNetworks.NO_COUNTRY,
              at.city(),
              at.latitude(),
              at.longitude(),
              radius);
      into.put(prefix(spot), new Verdict(spot, wide, conflict, 0));
    }
  }

  private boolean isKnown(Spot spot) {
    return moved.containsKey(prefix(spot)) || confirmed.contains(prefix(spot));
  }

  /** One row for all of an owner of which the same is to be said. */
  private void rows(Map<String, Verdict> verdicts, List<NetworkSuggestion> into) {
    Map<List<Object>, List<Verdict>> alike = new LinkedHashMap<>();
    for (Verdict verdict : verdicts.values()) {
      Spot spot = verdict.spot();
      alike
          .computeIfAbsent(
              List.of(owner(spot), spot.at(), verdict.place(), verdict.supporters() > 0),
              none -> new ArrayList<>())
          .add(verdict);
    }
    alike.values().forEach(same -> row(same, into));
  }

  private void row(List<Verdict> same, List<NetworkSuggestion> into) {
    Verdict first = same.get(0);
    Spot spot = first.spot();
    Spot other = first.conflict().but(spot);
    Proof proof = new Proof();
    same.forEach(verdict -> proof.addAll(verdict.conflict().proof));
    Map<String, Number> numbers = new LinkedHashMap<>();
    numbers.put("users", proof.users());
    numbers.put("provenUsers", proof.provenUsers());
    numbers.put("days", proof.days());
    numbers.put("prefixes", same.size());
    numbers.put("km", Math.round(Spot.km(spot.place(), other.place())));
    numbers.put("supporters", same.stream().mapToInt(Verdict::supporters).max().orElse(0));
    String why =
        "placed in %s, but its users are in %s meanwhile"
                .formatted(town(spot.place()), town(other.place()))
            + (first.supporters() > 0 ? ", as are their other places" : ": a radius holds both");
    Ranges ranges = new Ranges(spotsOf.keySet(), prefix -> mayBeSaidOf(prefix, first));
    for (String range : ranges.of(same.stream().map(verdict -> prefix(verdict.spot())).toList())) {
      into.add(
          new NetworkSuggestion(
              range, null, first.place(), why, numbers, Spot.named(spot.network())));
    }
  }

  /** Whether another prefix is the same owner's, placed alike, and no more speaks for that. */
  private boolean mayBeSaidOf(String prefix, Verdict verdict) {
    Place from = verdict.spot().place();
    boolean alike =
        spotsOf.getOrDefault(prefix, Set.of()).stream()
            .allMatch(
                spot ->
                    owner(spot).equals(owner(verdict.spot()))
                        && (Spot.km(spot.place(), from) <= BESIDE_KM
                            || Spot.km(spot.place(), verdict.place()) <= BESIDE_KM));
    return alike
        && beside(prefix, from, verdict.conflict()).size()
            <= beside(prefix, verdict.place(), verdict.conflict()).size();
  }

  private static String town(Place place) {
    String city = place.city();
    return city == null ? "the country " + place.country() : city + ", " + place.country();
  }
}
