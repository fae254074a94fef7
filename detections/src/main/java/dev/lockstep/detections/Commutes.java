package dev.lockstep.detections;

import dev.lockstep.schemas.PlaceDays;
import dev.lockstep.schemas.PrincipalProfile;
import dev.lockstep.schemas.StandingTravel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;

/**
 * What closed days say of a principal: on which days it was at which place, and which of these days
 * do not count because a finding with that place stands.
 */
final class Commutes {
  /** The days that are read for an event of day D: D-30 to D-2. */
  static final int OLDEST = 30;

  static final int YOUNGEST = 2;

  /** Longer ago than this, a day can serve no event that is still read. */
  private static final int KEPT_DAYS = 64;

  private final int mostPlaces;
  private final Map<PlaceKey, TreeSet<Integer>> places = new HashMap<>();
  private final List<Standing> standing = new ArrayList<>();

  /** A finding that stands on a day, for a pair of places in order. */
  record Standing(int day, PlaceKey one, PlaceKey other) {
    static final Comparator<Standing> ORDER =
        Comparator.comparingInt(Standing::day)
            .thenComparing(Standing::one)
            .thenComparing(Standing::other);

    static Standing of(int day, PlaceKey one, PlaceKey other) {
      return one.compareTo(other) <= 0
          ? new Standing(day, one, other)
          : new Standing(day, other, one);
    }

    boolean names(PlaceKey place) {
      return one.equals(place) || other.equals(place);
    }
  }

  Commutes(int mostPlaces) {
    this.mostPlaces = mostPlaces;
  }

  Commutes(int mostPlaces, PrincipalProfile profile) {
    this(mostPlaces);
    for (PlaceDays seen : profile.getPlaces()) {
      places.put(PlaceKey.of(seen.getCountry(), seen.getCity()), new TreeSet<>(seen.getDays()));
    }
    for (StandingTravel finding : profile.getStanding()) {
      standing.add(
          new Standing(
              finding.getDay(),
              PlaceKey.of(finding.getOneCountry(), finding.getOneCity()),
              PlaceKey.of(finding.getOtherCountry(), finding.getOtherCity())));
    }
  }

  PrincipalProfile profile() {
    List<PlaceDays> seen = new ArrayList<>(places.size());
    places.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            entry ->
                seen.add(
                    new PlaceDays(
                        entry.getKey().country(),
                        entry.getKey().city(),
                        new ArrayList<>(entry.getValue()))));
    List<StandingTravel> findings = new ArrayList<>(standing.size());
    for (Standing finding : standing) {
      findings.add(
          new StandingTravel(
              finding.day(),
              finding.one().country(),
              finding.one().city(),
              finding.other().country(),
              finding.other().city()));
    }
    return new PrincipalProfile(seen, findings);
  }

  /**
   * What became of an observation.
   *
   * @param changed whether it is the first at its place on its day
   * @param readers the days with observations whose closed days it changed
   */
  record Seen(boolean changed, NavigableSet<Integer> readers) {}

  /** Notes that the principal was at a place on a day. */
  Seen seen(PlaceKey place, int day) {
    if (!places.computeIfAbsent(place, key -> new TreeSet<>()).add(day)) {
      return new Seen(false, new TreeSet<>());
    }
    NavigableSet<Integer> readers = daysThatRead(day);
    forgetOldDays();
    boolean nowhere = places.containsKey(PlaceKey.NOWHERE);
    if (places.size() - (nowhere ? 1 : 0) > mostPlaces) {
      // Its days still are a history, and days that others are read on.
      TreeSet<Integer> days = Objects.requireNonNull(places.remove(largestByHash()));
      days.forEach(dropped -> readers.addAll(daysThatRead(dropped)));
      places.computeIfAbsent(PlaceKey.NOWHERE, key -> new TreeSet<>()).addAll(days);
    }
    return new Seen(true, readers);
  }

  private void forgetOldDays() {
    int newest = places.values().stream().mapToInt(TreeSet::last).max().orElseThrow();
    places
        .values()
        .removeIf(
            days -> {
              days.headSet(newest - KEPT_DAYS).clear();
              return days.isEmpty();
            });
  }

  /** Returns on how many days from D-30 to D-2 the principal was there, finding days aside. */
  int daysAt(PlaceKey place, int day) {
    TreeSet<Integer> days = places.get(place);
    if (days == null) {
      return 0;
    }
    int count = 0;
    for (int seen : days.subSet(day - OLDEST, true, day - YOUNGEST, true)) {
      if (standing.stream().noneMatch(f -> f.day() == seen && f.names(place))) {
        count++;
      }
    }
    return count;
  }

  /** Returns whether nothing at all was seen from D-30 to D-2. */
  boolean coldStart(int day) {
    for (TreeSet<Integer> days : places.values()) {
      if (!days.subSet(day - OLDEST, true, day - YOUNGEST, true).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** Returns the days with observations after {@code day} that read it as a closed day. */
  NavigableSet<Integer> daysThatRead(int day) {
    TreeSet<Integer> readers = new TreeSet<>();
    for (TreeSet<Integer> days : places.values()) {
      readers.addAll(days.subSet(day + YOUNGEST, true, day + OLDEST, true));
    }
    return readers;
  }

  List<Standing> standingOn(int day) {
    return standing.stream().filter(finding -> finding.day() == day).toList();
  }

  /** Replaces the findings that stand on a day. */
  void stand(int day, List<Standing> findings) {
    standing.removeIf(finding -> finding.day() == day || finding.day() < day - KEPT_DAYS);
    standing.addAll(findings);
  }

  private PlaceKey largestByHash() {
    return places.keySet().stream()
        .filter(place -> !place.equals(PlaceKey.NOWHERE))
        .max(
            Comparator.<PlaceKey>comparingLong(
                    place -> Findings.memberHash(place.country() + "\n" + place.city()))
                .thenComparing(place -> place))
        .orElseThrow();
  }
}
