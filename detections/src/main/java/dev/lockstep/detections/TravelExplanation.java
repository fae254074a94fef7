package dev.lockstep.detections;

import dev.lockstep.detections.ImpossibleTravel.Comparison;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.PrincipalDay;
import dev.lockstep.schemas.PrincipalProfile;
import dev.lockstep.schemas.Stay;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code impossible-travel} made of a principal: every two stays compared once more.
 *
 * @param days the days with stays, the newest first
 * @param places where it was seen and on which days, the most frequent first
 */
public record TravelExplanation(List<Day> days, List<PlaceKnown> places) {
  /**
   * A day with its stays, and the pairs whose later observation lies on it.
   *
   * @param coldStart whether nothing was seen from 30 to 2 days before
   * @param overflow whether the day was full, so that some stays are not kept
   * @param stays in order of time
   * @param pairs those that fire first, then those that a gate keeps quiet, then the fastest
   * @param decided how many pairs each word decided: {@code fires}, a gate, {@code distance},
   *     {@code time}, {@code speed}; {@code same-address} for two that are none
   */
  public record Day(
      LocalDate date,
      boolean coldStart,
      boolean overflow,
      List<Stay> stays,
      List<Pair> pairs,
      Map<String, Integer> decided) {}

  /**
   * Two stays compared.
   *
   * @param overlap whether they overlap in time
   * @param gapMillis time between the nearest observations, 0 if they overlap
   * @param distanceKm great-circle distance
   * @param effectiveKm the same less both accuracy radii
   * @param speedKmh effective distance by time, at least a minute
   * @param gates each that the rule asks, with its verdict
   */
  public record Pair(
      Stay earlier,
      Stay later,
      boolean overlap,
      long gapMillis,
      double distanceKm,
      double effectiveKm,
      double speedKmh,
      List<GateChecked> gates,
      Conclusion conclusion) {}

  /**
   * A place where the principal was seen.
   *
   * @param days ascending
   * @param notCounted those on which a finding with the place stands
   */
  public record PlaceKnown(String place, List<LocalDate> days, List<LocalDate> notCounted) {}

  private static final Comparator<Pair> TELLING =
      Comparator.comparing((Pair pair) -> rank(pair.conclusion()))
          .thenComparing(
              pair -> pair.conclusion().severity(), Comparator.nullsLast(Comparator.reverseOrder()))
          .thenComparing(Comparator.comparingDouble(Pair::speedKmh).reversed())
          .thenComparing(pair -> pair.earlier().getFirst().getEventAt())
          .thenComparing(pair -> pair.later().getFirst().getEventAt());

  static TravelExplanation of(
      NavigableMap<Integer, PrincipalDay> pages,
      @Nullable PrincipalProfile profile,
      RuleSettings settings) {
    ImpossibleTravel rule = new ImpossibleTravel(settings.travel());
    TravelGates gates = new TravelGates(settings.travel());
    Commutes commutes =
        profile == null
            ? new Commutes(settings.setCap())
            : new Commutes(settings.setCap(), profile);
    List<Day> days = new ArrayList<>();
    pages
        .descendingMap()
        .forEach(
            (day, page) -> days.add(day(day, page, pages.get(day - 1), rule, gates, commutes)));
    return new TravelExplanation(days, places(commutes));
  }

  private static Day day(
      int day,
      PrincipalDay page,
      @Nullable PrincipalDay before,
      ImpossibleTravel rule,
      TravelGates gates,
      Commutes commutes) {
    List<Stay> stays = new ArrayList<>(page.getStays());
    stays.sort(
        Comparator.comparing((Stay stay) -> stay.getFirst().getEventAt())
            .thenComparing(stay -> stay.getSpot().getAddress()));
    List<Pair> pairs = new ArrayList<>();
    Map<String, Integer> decided = new TreeMap<>();
    for (int i = 0; i < stays.size(); i++) {
      for (int j = 0; j < i; j++) {
        compare(stays.get(j), stays.get(i), rule, gates, commutes, pairs, decided);
      }
      for (Stay earlier : before == null ? List.<Stay>of() : before.getStays()) {
        compare(earlier, stays.get(i), rule, gates, commutes, pairs, decided);
      }
    }
    pairs.sort(TELLING);
    return new Day(
        LocalDate.ofEpochDay(day),
        commutes.coldStart(day),
        page.getOverflow(),
        stays,
        pairs,
        decided);
  }

  private static void compare(
      Stay one,
      Stay other,
      ImpossibleTravel rule,
      TravelGates gates,
      Commutes commutes,
      List<Pair> pairs,
      Map<String, Integer> decided) {
    Comparison compared = rule.compare(one, other, commutes);
    if (compared == null) {
      decided.merge("same-address", 1, Integer::sum);
      return;
    }
    Conclusion conclusion;
    if (compared.fires()) {
      conclusion = Conclusion.fires(ImpossibleTravel.ID, compared.severity());
      decided.merge(Gates.FIRES, 1, Integer::sum);
    } else {
      conclusion =
          compared.fast()
              ? new Conclusion(null, null, List.copyOf(compared.quietBy()))
              : Conclusion.quiet(gates.slowBy(compared));
      decided.merge(conclusion.quietBy().get(0), 1, Integer::sum);
    }
    pairs.add(
        new Pair(
            compared.earlier(),
            compared.later(),
            compared.overlap(),
            compared.gapMillis(),
            compared.distanceKm(),
            compared.effectiveKm(),
            compared.speedKmh(),
            gates.of(compared),
            conclusion));
  }

  private static int rank(Conclusion conclusion) {
    if (conclusion.fires()) {
      return 0;
    }
    return RuleInfo.IMPOSSIBLE_TRAVEL.gates().contains(conclusion.quietBy().get(0)) ? 1 : 2;
  }

  private static List<PlaceKnown> places(Commutes commutes) {
    List<PlaceKnown> places = new ArrayList<>();
    for (PlaceKey place : commutes.places()) {
      places.add(
          new PlaceKnown(
              place.equals(PlaceKey.NOWHERE) ? "without a place" : place.text(),
              commutes.daysSeen(place).stream().map(LocalDate::ofEpochDay).toList(),
              commutes.daysThatDoNotCount(place).stream().map(LocalDate::ofEpochDay).toList()));
    }
    places.sort(
        Comparator.comparing((PlaceKnown place) -> -place.days().size())
            .thenComparing(PlaceKnown::place));
    return places;
  }
}
