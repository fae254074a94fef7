package dev.lockstep.detections.travel;

import dev.lockstep.rules.Settings;
import org.jspecify.annotations.Nullable;

/**
 * Limits of distance, time and speed by which rule {@code impossible-travel} judges travel between
 * two stays. Travel is too fast if the distance is large enough, the time between the stays is
 * short enough, and the speed reaches the limit. Between stays that overlap, any speed is too fast.
 * Accuracy radii have been subtracted from the distance.
 *
 * @param minDistanceKm smallest distance that counts
 * @param maxSpeedKmh speed from which travel is too fast
 * @param maxMillis longest time between two stays that are compared
 */
record TravelSpeed(double minDistanceKm, double maxSpeedKmh, long maxMillis) {
  private static final long LEAST_MILLIS = 60_000;
  private static final double HOUR_MILLIS = 3_600_000;

  static TravelSpeed of(Settings settings) {
    return new TravelSpeed(
        settings.decimal(ImpossibleTravel.MIN_DISTANCE_KM),
        settings.decimal(ImpossibleTravel.MAX_SPEED_KMH),
        settings.integer(ImpossibleTravel.MAX_HOURS) * 3_600_000L);
  }

  /**
   * Returns the speed in km/h that is needed to cover a distance in a given time. A time below a
   * minute counts as a minute.
   */
  static double kmh(double km, long gapMillis) {
    return km / hours(gapMillis);
  }

  private static double hours(long gapMillis) {
    return Math.max(gapMillis, LEAST_MILLIS) / HOUR_MILLIS;
  }

  boolean isTooLong(long gapMillis) {
    return gapMillis > maxMillis;
  }

  /**
   * Returns the smallest distance in km that is too far for the time between two stays. A negative
   * time means that the stays overlap.
   */
  double leastKm(long gapMillis) {
    return gapMillis < 0 ? minDistanceKm : Math.max(minDistanceKm, maxSpeedKmh * hours(gapMillis));
  }

  boolean isFast(double km, long gapMillis) {
    return !isTooLong(gapMillis) && kmh(km, gapMillis) >= maxSpeedKmh;
  }

  /**
   * Returns the name of the first condition that a pair of stays fails, or null if it fails none. A
   * finding needs all conditions. They are distance, time and speed, in this order.
   *
   * @param overlap whether the stays overlap in time, so that any speed between them is too fast
   */
  @Nullable String failedCondition(double km, long gapMillis, boolean overlap) {
    if (km < minDistanceKm) {
      return StayPair.DISTANCE;
    }
    if (isTooLong(gapMillis)) {
      return StayPair.TIME;
    }
    return overlap || isFast(km, gapMillis) ? null : StayPair.SPEED;
  }
}
