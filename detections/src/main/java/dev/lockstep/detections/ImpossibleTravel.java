package dev.lockstep.detections;

import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.Stay;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rule {@code impossible-travel}: compares two stays of a principal.
 *
 * <p>Two stays that overlap in time stand for observations less than half an hour apart, in either
 * order: far enough away, they fire whatever their exact times.
 */
final class ImpossibleTravel {
  static final String ID = RuleInfo.IMPOSSIBLE_TRAVEL.id();

  /** More than half the way around the earth. */
  private static final double MOST_KM = 20_100;

  private static final double ROUGHLY_KM = 1;

  private final RuleSettings.Travel settings;
  private @Nullable Leg leg;

  ImpossibleTravel(RuleSettings.Travel settings) {
    this.settings = settings;
  }

  /**
   * What comparing two stays gave.
   *
   * @param earlier the stay that ends first
   * @param later the other
   * @param day UTC day of the later observation
   * @param overlap whether they overlap, so that each has an observation later than one of the
   *     other
   * @param gapMillis time between the nearest observations
   * @param distanceKm great-circle distance
   * @param effectiveKm the same less both accuracy radii, at least 0
   * @param speedKmh effective distance by time, at least a minute
   * @param fast whether distance, time and speed are those of a finding
   * @param quietBy the gates that keep it quiet, in the rule's order; empty: it fires
   * @param earlierDays days on which the earlier place was known, -1 if not asked
   * @param laterDays days on which the later place was known, -1 if not asked
   */
  record Comparison(
      Stay earlier,
      Stay later,
      int day,
      boolean overlap,
      long gapMillis,
      double distanceKm,
      double effectiveKm,
      double speedKmh,
      boolean fast,
      List<String> quietBy,
      int earlierDays,
      int laterDays) {
    boolean fires() {
      return fast && quietBy.isEmpty();
    }

    String adjustment() {
      String earlierClass = earlier.getSpot().getNetworkClass();
      return vague(earlierClass) ? earlierClass : later.getSpot().getNetworkClass();
    }

    boolean lowered() {
      return vague(earlier.getSpot().getNetworkClass()) || vague(later.getSpot().getNetworkClass());
    }

    boolean raised() {
      return earlier.getApiCall()
          || later.getApiCall()
          || weak(later)
          || ((overlap || gapMillis == 0) && weak(earlier));
    }

    Severity severity() {
      Severity severity = raised() ? Severity.High : Severity.Medium;
      return lowered() ? Findings.down(severity) : severity;
    }

    private static boolean weak(Stay stay) {
      return stay.getInteractive() && stay.getSingleFactor() && !stay.getTrustedDevice();
    }

    private static boolean vague(String networkClass) {
      return networkClass.equals("vpn")
          || networkClass.equals("satellite")
          || networkClass.equals("mobile");
    }
  }

  /** The distance between two points, the one asked for last: pairs of a finding share it. */
  private record Leg(
      double oneLatitude,
      double oneLongitude,
      double otherLatitude,
      double otherLongitude,
      double km) {
    boolean joins(PlaceSeen one, PlaceSeen other) {
      return (starts(one) && ends(other)) || (starts(other) && ends(one));
    }

    private boolean starts(PlaceSeen place) {
      return oneLatitude == place.getLatitude() && oneLongitude == place.getLongitude();
    }

    private boolean ends(PlaceSeen place) {
      return otherLatitude == place.getLatitude() && otherLongitude == place.getLongitude();
    }
  }

  private double km(PlaceSeen one, PlaceSeen other) {
    Leg last = leg;
    if (last == null || !last.joins(one, other)) {
      last =
          new Leg(
              one.getLatitude(),
              one.getLongitude(),
              other.getLatitude(),
              other.getLongitude(),
              GreatCircle.km(one, other));
      leg = last;
    }
    return last.km();
  }

  /**
   * Returns whether two stays may be fast, far and close enough to fire: false is certain, true is
   * to be compared.
   */
  boolean mayBeFast(Held one, Held other) {
    long gap =
        Math.max(0, Math.max(one.firstAt() - other.lastAt(), other.firstAt() - one.lastAt()));
    if (gap > settings.maxHours() * 3_600_000L) {
      return false;
    }
    double radii = one.accuracyKm() + other.accuracyKm();
    double least =
        gap == 0
            ? settings.minDistanceKm()
            : Math.max(
                settings.minDistanceKm(),
                settings.maxSpeedKmh() * (Math.max(gap, 60_000) / 3_600_000.0));
    if (least + radii > MOST_KM) {
      return false;
    }
    return one.roughKm(other) + ROUGHLY_KM >= least + radii;
  }

  /**
   * Compares two stays that have places. Returns null where there is nothing to compare: the same
   * address.
   */
  @Nullable Comparison compare(Stay one, Stay other, CommuteReader commutes) {
    if (one.getSpot().getAddress().equals(other.getSpot().getAddress())) {
      return null;
    }
    boolean oneFirst = endsFirst(one, other);
    Stay earlier = oneFirst ? one : other;
    Stay later = oneFirst ? other : one;
    int day = Days.of(later.getLast().getEventAt());
    long apart = later.getFirst().getEventAt() - earlier.getLast().getEventAt();
    boolean overlap = apart < 0;
    long gap = Math.max(0, apart);
    PlaceSeen here = Objects.requireNonNull(earlier.getSpot().getPlace());
    PlaceSeen there = Objects.requireNonNull(later.getSpot().getPlace());
    double distance = km(here, there);
    double effective = Math.max(0, distance - here.getAccuracyKm() - there.getAccuracyKm());
    double speed = effective / (Math.max(gap, 60_000) / 3_600_000.0);
    boolean fast =
        effective >= settings.minDistanceKm()
            && (overlap || speed >= settings.maxSpeedKmh())
            && gap <= settings.maxHours() * 3_600_000L;
    if (!fast) {
      return new Comparison(
          earlier, later, day, overlap, gap, distance, effective, speed, false, List.of(), -1, -1);
    }
    List<String> quietBy = new ArrayList<>(0);
    if (eitherIs(one, other, "corporate")) {
      quietBy.add("corporate-egress");
    }
    if (eitherIs(one, other, "backend")) {
      quietBy.add("backend");
    }
    if (sameDevice(one, other)) {
      quietBy.add("same-device");
    }
    if (sameNetwork(one, other)) {
      quietBy.add("same-network");
    }
    PlaceKey from = PlaceKey.of(here);
    PlaceKey to = PlaceKey.of(there);
    int earlierDays = commutes.daysAt(from, day);
    int laterDays = commutes.daysAt(to, day);
    if (earlierDays >= settings.commuteDays() && laterDays >= settings.commuteDays()) {
      quietBy.add("known-commute");
    }
    return new Comparison(
        earlier,
        later,
        day,
        overlap,
        gap,
        distance,
        effective,
        speed,
        true,
        quietBy,
        earlierDays,
        laterDays);
  }

  /** Returns whether two places are a commute for the observations of a day. */
  boolean isCommute(PlaceKey one, PlaceKey other, int day, CommuteReader commutes) {
    return commutes.daysAt(one, day) >= settings.commuteDays()
        && commutes.daysAt(other, day) >= settings.commuteDays();
  }

  /** Reads on how many closed days a place was seen, for an observation of a day. */
  interface CommuteReader {
    int daysAt(PlaceKey place, int day);
  }

  private static boolean endsFirst(Stay one, Stay other) {
    int order = Long.compare(one.getLast().getEventAt(), other.getLast().getEventAt());
    if (order == 0) {
      order = Long.compare(one.getFirst().getEventAt(), other.getFirst().getEventAt());
    }
    if (order == 0) {
      order = one.getSpot().getAddress().compareTo(other.getSpot().getAddress());
    }
    return order <= 0;
  }

  private static boolean eitherIs(Stay one, Stay other, String networkClass) {
    return one.getSpot().getNetworkClass().equals(networkClass)
        || other.getSpot().getNetworkClass().equals(networkClass);
  }

  private static boolean sameDevice(Stay one, Stay other) {
    return one.getDeviceId() != null
        && one.getDeviceId().equals(other.getDeviceId())
        && (one.getTrustedDevice() || other.getTrustedDevice());
  }

  private static boolean sameNetwork(Stay one, Stay other) {
    Spot here = one.getSpot();
    Spot there = other.getSpot();
    return here.getPrefix().equals(there.getPrefix())
        || (here.getAsn() != null
            && here.getAsn().equals(there.getAsn())
            && (eitherIs(one, other, "mobile") || eitherIs(one, other, "satellite")));
  }
}
