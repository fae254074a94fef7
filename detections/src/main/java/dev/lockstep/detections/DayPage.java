package dev.lockstep.detections;

import dev.lockstep.schemas.PrincipalDay;
import dev.lockstep.schemas.StandingTravel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One UTC day of a principal, opened: its stays, and the findings that stand on it. */
final class DayPage {
  private final int day;
  private final PrincipalDay record;
  private final List<Held> stays;
  private final Map<Standing, StandingTravel> standing = new HashMap<>();
  private boolean standingChanged;
  private boolean losing;

  /** Which finding of a day: that of a pair of places in order. */
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
  }

  DayPage(int day) {
    this(day, new PrincipalDay(null, new ArrayList<>(2), false, null, new ArrayList<>(0)));
  }

  DayPage(int day, PrincipalDay record) {
    this.day = day;
    this.record = record;
    this.stays = new ArrayList<>(record.getStays().size() + 1);
    record.getStays().forEach(stay -> stays.add(new Held(stay)));
    for (StandingTravel finding : record.getStanding()) {
      standing.put(
          new Standing(
              day,
              PlaceKey.of(finding.getOneCountry(), finding.getOneCity()),
              PlaceKey.of(finding.getOtherCountry(), finding.getOtherCity())),
          finding);
    }
  }

  int day() {
    return day;
  }

  /** The stays, to be changed by {@link Stays} alone. */
  List<Held> stays() {
    return stays;
  }

  /** Returns the record to be kept. */
  PrincipalDay record() {
    record.setStays(new ArrayList<>(stays.size()));
    stays.forEach(held -> record.getStays().add(held.stay()));
    if (standingChanged) {
      Map<Standing, StandingTravel> ordered = new TreeMap<>(Standing.ORDER);
      ordered.putAll(standing);
      record.setStanding(new ArrayList<>(ordered.values()));
      standingChanged = false;
    }
    return record;
  }

  /** Keeps the smallest name of the day, so that it does not hang on the order. */
  boolean nameAs(@Nullable String name) {
    String kept = record.getName();
    if (name == null || (kept != null && kept.compareTo(name) <= 0)) {
      return false;
    }
    record.setName(name);
    return true;
  }

  @Nullable String name() {
    return record.getName();
  }

  /** Returns whether more stays or more findings came than are kept. */
  boolean overflow() {
    return record.getOverflow();
  }

  void overflow(boolean overflow) {
    record.setOverflow(overflow);
  }

  /** Returns whether stays had to go, so that a finding may stand whose evidence is not kept. */
  boolean hasLostStays() {
    return losing || record.getCeiling() != null;
  }

  /** Says that stays are about to go, for the first time. */
  void losing() {
    losing = true;
    record.setOverflow(true);
  }

  /** Returns whether a kind of stays is kept, as far as there is a ceiling. */
  boolean keeps(Held held) {
    Long ceiling = record.getCeiling();
    return ceiling == null || held.kind() < ceiling;
  }

  void ceiling(long smallestLost) {
    record.setCeiling(smallestLost);
    record.setOverflow(true);
  }

  @Nullable StandingTravel standing(Standing finding) {
    return standing.get(finding);
  }

  Set<Standing> findings() {
    return Set.copyOf(standing.keySet());
  }

  int findingsStanding() {
    return standing.size();
  }

  /** Returns the places of the findings that stand. */
  Set<PlaceKey> placesFound() {
    Set<PlaceKey> places = new HashSet<>();
    standing
        .keySet()
        .forEach(
            finding -> {
              places.add(finding.one());
              places.add(finding.other());
            });
    return places;
  }

  void stand(Standing finding, StandingTravel said) {
    standing.put(finding, said);
    standingChanged = true;
  }

  void fall(Collection<Standing> findings) {
    findings.forEach(standing::remove);
    standingChanged = true;
  }
}
