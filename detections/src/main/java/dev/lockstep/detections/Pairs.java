package dev.lockstep.detections;

import dev.lockstep.detections.DayPage.Standing;
import dev.lockstep.detections.ImpossibleTravel.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The pairs of stays whose later observation lies on one day, by the finding they would make. */
final class Pairs {
  private final int day;
  private final List<Held> today;
  private final List<Held> yesterday;

  Pairs(int day, @Nullable DayPage today, @Nullable DayPage yesterday) {
    this.day = day;
    this.today = today == null ? List.of() : today.stays();
    this.yesterday = yesterday == null ? List.of() : yesterday.stays();
  }

  /** Returns the pairs that fire, by finding. */
  Map<Standing, List<Comparison>> firing(
      ImpossibleTravel rule, ImpossibleTravel.CommuteReader commutes) {
    Map<Standing, List<Comparison>> fired = new TreeMap<>(Standing.ORDER);
    for (int i = 0; i < today.size(); i++) {
      Held held = today.get(i);
      for (int j = 0; j < i + yesterday.size(); j++) {
        Held other = j < i ? today.get(j) : yesterday.get(j - i);
        Comparison comparison = fires(other, held, rule, commutes);
        if (comparison != null) {
          fired
              .computeIfAbsent(
                  Standing.of(day, other.place(), held.place()), key -> new ArrayList<>())
              .add(comparison);
        }
      }
    }
    return fired;
  }

  /** Returns the pairs that fire for one finding. */
  List<Comparison> firing(
      Standing finding, ImpossibleTravel rule, ImpossibleTravel.CommuteReader commutes) {
    List<Comparison> fired = new ArrayList<>();
    List<Held> ones = at(finding.one(), today);
    List<Held> others = at(finding.other(), today);
    List<Held> othersBefore = at(finding.other(), yesterday);
    boolean onePlace = finding.one().equals(finding.other());
    for (int i = 0; i < ones.size(); i++) {
      note(ones.get(i), onePlace ? others.subList(0, i) : others, rule, commutes, fired);
      note(ones.get(i), othersBefore, rule, commutes, fired);
    }
    if (!onePlace) {
      List<Held> before = at(finding.one(), yesterday);
      others.forEach(held -> note(held, before, rule, commutes, fired));
    }
    return fired;
  }

  private static void note(
      Held held,
      List<Held> others,
      ImpossibleTravel rule,
      ImpossibleTravel.CommuteReader commutes,
      List<Comparison> fired) {
    for (Held other : others) {
      Comparison comparison = fires(other, held, rule, commutes);
      if (comparison != null) {
        fired.add(comparison);
      }
    }
  }

  private static @Nullable Comparison fires(
      Held one, Held other, ImpossibleTravel rule, ImpossibleTravel.CommuteReader commutes) {
    if (!rule.mayBeFast(one, other)) {
      return null;
    }
    Comparison comparison = rule.compare(one.stay(), other.stay(), commutes);
    return comparison != null && comparison.fires() ? comparison : null;
  }

  private static List<Held> at(PlaceKey place, List<Held> stays) {
    List<Held> there = new ArrayList<>();
    for (Held held : stays) {
      if (held.place().equals(place)) {
        there.add(held);
      }
    }
    return there;
  }
}
