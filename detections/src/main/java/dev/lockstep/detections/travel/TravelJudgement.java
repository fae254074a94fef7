package dev.lockstep.detections.travel;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.schemas.Severity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reader of pairs of a principal's stays, which reports a verdict if travel between the stays of a
 * pair is too fast. A stay is observations at one address that are close in time. Cheap checks come
 * before expensive ones.
 */
final class TravelJudgement implements Case.PairReader {
  /**
   * Distance in km that is longer than the way between any two places on the earth. A pair of stays
   * that would need a longer distance cannot fire.
   */
  private static final double NOWHERE_KM = 20_100;

  private final Case day;
  private final Colleagues colleagues;
  private final Verdicts verdicts;
  private final boolean explained;
  private final TravelSpeed limits;
  private final int commuteDays;
  private final boolean mayCommute;
  private final boolean highChangesNothing;
  private final boolean mediumChangesNothing;
  private final boolean lowChangesNothing;
  private final Map<String, Integer> daysAt = new HashMap<>(4);

  TravelJudgement(Case day, Verdicts verdicts) {
    Settings settings = day.settings();
    this.day = day;
    this.colleagues = new Colleagues(day);
    this.verdicts = verdicts;
    this.explained = verdicts.isExplained();
    this.limits = TravelSpeed.of(settings);
    this.commuteDays = settings.integer(ImpossibleTravel.COMMUTE_DAYS);
    this.highChangesNothing = verdicts.changesOnlyCounts(ImpossibleTravel.ID, Severity.High);
    this.mediumChangesNothing = verdicts.changesOnlyCounts(ImpossibleTravel.ID, Severity.Medium);
    this.lowChangesNothing = verdicts.changesOnlyCounts(ImpossibleTravel.ID, Severity.Low);
    this.mayCommute = ImpossibleTravel.daysSeen(day) >= commuteDays;
  }

  @Override
  public void read(Fact one, Fact other) {
    if (lowChangesNothing && !explained && changesNothing(one, other)) {
      return;
    }
    Location here = StayPair.at(one);
    Location there = StayPair.at(other);
    if (here.address().equals(there.address())) {
      if (explained) {
        verdicts.passed("same-address", List::of, one, other);
      }
    } else if (isFast(one, here.place(), other, there.place())) {
      report(one, other);
    } else if (explained) {
      StayPair pair = StayPair.of(day, colleagues, one, other);
      String failedCondition = pair.failedCondition();
      verdicts.passed(
          failedCondition == null ? StayPair.SPEED : failedCondition,
          pair,
          pair.earlier(),
          pair.later());
    }
  }

  @Override
  public boolean mayMatter(Place one, Place other) {
    return explained || !one.equals(other);
  }

  private boolean changesNothing(Fact one, Fact other) {
    if (highChangesNothing) {
      return true;
    }
    boolean mayBeHigh =
        one.is(ImpossibleTravel.API_CALL)
            || other.is(ImpossibleTravel.API_CALL)
            || StayPair.isWeak(one)
            || StayPair.isWeak(other);
    return (mediumChangesNothing && (!mayBeHigh || isLowered(one, other)))
        || (!mayBeHigh && isLowered(one, other));
  }

  private static boolean isLowered(Fact one, Fact other) {
    return StayPair.isVague(StayPair.at(one).network().networkClass())
        || StayPair.isVague(StayPair.at(other).network().networkClass());
  }

  private boolean isFast(Fact one, Place here, Fact other, Place there) {
    long apart = Math.max(one.firstAt() - other.lastAt(), other.firstAt() - one.lastAt());
    if (limits.isTooLong(apart)) {
      return false;
    }
    double km = limits.leastKm(apart) + here.accuracyKm() + there.accuracyKm();
    if (km > NOWHERE_KM) {
      return false;
    }
    // Bounds of the distance decide most pairs without the exact speed.
    if (km <= GreatCircle.MOST_KM) {
      if (GreatCircle.isNearer(here, there, km)) {
        return false;
      }
      if (GreatCircle.isFarther(here, there, km)) {
        return true;
      }
    }
    return StayPair.of(day, colleagues, one, other).failedCondition() == null;
  }

  private void report(Fact one, Fact other) {
    StayPair pair = StayPair.of(day, colleagues, one, other);
    Fact earlier = pair.earlier();
    Fact later = pair.later();
    boolean suppressed = false;
    if (pair.isEither(NetworkClass.CORPORATE)) {
      verdicts.suppressed(StayPair.CORPORATE, pair, earlier, later);
      suppressed = true;
    }
    if (pair.isEither(NetworkClass.BACKEND)) {
      verdicts.suppressed(StayPair.BACKEND, pair, earlier, later);
      suppressed = true;
    }
    if (pair.isOfSameDevice()) {
      verdicts.suppressed(StayPair.SAME_DEVICE, pair, earlier, later);
      suppressed = true;
    }
    if (pair.isOfSameNetwork()) {
      verdicts.suppressed(StayPair.SAME_NETWORK, pair, earlier, later);
      suppressed = true;
    }
    PlaceKey here = PlaceKey.of(StayPair.at(earlier).place());
    PlaceKey there = PlaceKey.of(StayPair.at(later).place());
    if (mayCommute && isKnown(here) && isKnown(there)) {
      verdicts.suppressed(StayPair.COMMUTE, pair, earlier, later);
      suppressed = true;
    }
    if (suppressed) {
      return;
    }
    boolean inOrder = here.compareTo(there) <= 0;
    PlaceKey first = inOrder ? here : there;
    PlaceKey last = inOrder ? there : here;
    String[] parts = {first.country(), first.city(), last.country(), last.city()};
    if (verdicts.changesOnlyCounts(ImpossibleTravel.ID, pair.severityAlone(), parts)) {
      return;
    }
    colleagues.ask(here, later, verdicts);
    colleagues.ask(there, later, verdicts);
    Severity severity = pair.severity();
    if (!verdicts.changesOnlyCounts(ImpossibleTravel.ID, severity, parts)) {
      verdicts
          .fires(ImpossibleTravel.ID, severity, pair, earlier, later)
          .in(parts)
          .weight(pair.roughKmh())
          .later(pair);
    }
  }

  /** Returns what {@link StayPair#isCommute} asks of each of the two places. */
  private boolean isKnown(PlaceKey place) {
    return daysAt.computeIfAbsent(place.trait(), trait -> ImpossibleTravel.daysAt(day, trait))
        >= commuteDays;
  }
}
