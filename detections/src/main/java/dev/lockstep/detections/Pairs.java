package dev.lockstep.detections;

import dev.lockstep.detections.ImpossibleTravel.Comparison;
import dev.lockstep.schemas.PrincipalDay;
import dev.lockstep.schemas.Stay;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The pairs of stays whose later observation lies on one day, by the finding they would make. */
final class Pairs {
  private final int day;
  private final List<Stay> today;
  private final List<Stay> yesterday;
  private final List<PlaceKey> placesToday;
  private final List<PlaceKey> placesYesterday;

  Pairs(int day, @Nullable PrincipalDay today, @Nullable PrincipalDay yesterday) {
    this.day = day;
    this.today = today == null ? List.of() : today.getStays();
    this.yesterday = yesterday == null ? List.of() : yesterday.getStays();
    this.placesToday = places(this.today);
    this.placesYesterday = places(this.yesterday);
  }

  /** Returns the findings of the day that a pair with this stay makes. */
  Set<Commutes.Standing> firingWith(Stay stay, ImpossibleTravel rule, Commutes commutes) {
    Set<Commutes.Standing> findings = new HashSet<>();
    boolean isToday = Days.of(stay.getLast().getEventAt()) == day;
    PlaceKey place = place(stay);
    for (int i = 0; i < today.size(); i++) {
      note(stay, place, today.get(i), placesToday.get(i), rule, commutes, findings);
    }
    if (isToday) {
      for (int i = 0; i < yesterday.size(); i++) {
        note(stay, place, yesterday.get(i), placesYesterday.get(i), rule, commutes, findings);
      }
    }
    return findings;
  }

  private void note(
      Stay stay,
      PlaceKey place,
      Stay other,
      PlaceKey otherPlace,
      ImpossibleTravel rule,
      Commutes commutes,
      Set<Commutes.Standing> findings) {
    Comparison comparison = rule.compare(stay, other, commutes::daysAt);
    if (comparison != null && comparison.fires()) {
      findings.add(Commutes.Standing.of(day, place, otherPlace));
    }
  }

  /**
   * Returns the pairs that fire, by finding.
   *
   * @param only the findings to work out, null for all
   */
  Map<Commutes.Standing, List<Comparison>> firing(
      ImpossibleTravel rule, Commutes commutes, @Nullable Set<Commutes.Standing> only) {
    Map<Commutes.Standing, List<Comparison>> fired = new TreeMap<>(Commutes.Standing.ORDER);
    for (int i = 0; i < today.size(); i++) {
      Stay stay = today.get(i);
      for (int j = 0; j < i + yesterday.size(); j++) {
        boolean sameDay = j < i;
        Stay other = sameDay ? today.get(j) : yesterday.get(j - i);
        PlaceKey place = sameDay ? placesToday.get(j) : placesYesterday.get(j - i);
        Commutes.Standing finding = Commutes.Standing.of(day, place, placesToday.get(i));
        if (only != null && !only.contains(finding)) {
          continue;
        }
        Comparison comparison = rule.compare(other, stay, commutes::daysAt);
        if (comparison != null && comparison.fires()) {
          fired.computeIfAbsent(finding, key -> new ArrayList<>()).add(comparison);
        }
      }
    }
    return fired;
  }

  private static List<PlaceKey> places(List<Stay> stays) {
    return stays.stream().map(Pairs::place).toList();
  }

  private static PlaceKey place(Stay stay) {
    return PlaceKey.of(Objects.requireNonNull(stay.getSpot().getPlace()));
  }
}
