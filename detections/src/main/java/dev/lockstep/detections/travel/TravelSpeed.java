package dev.lockstep.detections.travel;

import dev.lockstep.rules.Settings;
import org.jspecify.annotations.Nullable;

/**
 * Limits of possible travel. Two stays are too fast if their distance is large enough, the time
 * between them is short enough, and the speed reaches the limit. Accuracy radii have been
 * subtracted from the distance.
 *
 * @param minDistanceKm smallest distance that counts
 * @param maxSpeedKmh speed from which travel is too fast
 * @param maxMillis longest time between two stays that are compared
 */
record TravelSpeed(double minDistanceKm, double maxSpeedKmh, long maxMillis) {
  private static final long LEAST_MILLIS = 60_000;
  private static final double HOUR_MILLIS = 3_600_000;

  /** Returns the limits that the settings of the rule state. */
  static TravelSpeed of(Settings settings) {
    return new TravelSpeed(
        settings.decimal(ImpossibleTravel.MIN_DISTANCE_KM),
        settings.decimal(ImpossibleTravel.MAX_SPEED_KMH),
        settings.integer(ImpossibleTravel.MAX_HOURS) * 3_600_000L);
  }

  /**
   * Returns the speed in km/h for a distance and the time between two stays, which counts as at
   * least a minute.
   */
  static double kmh(double km, long gapMillis) {
    return km / hours(gapMillis);
  }

  private static double hours(long gapMillis) {
    return Math.max(gapMillis, LEAST_MILLIS) / HOUR_MILLIS;
  }

  /** Returns whether the time between two stays is too long for a comparison. */
  boolean isTooLong(long gapMillis) {
    return gapMillis > maxMillis;
  }

  /**
   * Returns the smallest distance in km that is too far for a time between two stays; a negative
   * time means that the stays overlap.
   */
  double leastKm(long gapMillis) {
    return gapMillis < 0 ? minDistanceKm : Math.max(minDistanceKm, maxSpeedKmh * hours(gapMillis));
  }

  /**
   * Returns whether a time is short enough to be compared, and the distance needs too high a speed
   * in that time.
   */
  boolean isFast(double km, long gapMillis) {
    return !isTooLong(gapMillis) && kmh(km, gapMillis) >= maxSpeedKmh;
  }

  /**
   * Returns the first reason not to fire, or null: the distance is too small, the time too long, or
   * the speed too low.
   *
   * @param overlap whether the stays overlap in time, and are too fast at any speed
   */
  @Nullable String slowBy(double km, long gapMillis, boolean overlap) {
    if (km < minDistanceKm) {
      return StayPair.DISTANCE;
    }
    if (isTooLong(gapMillis)) {
      return StayPair.TIME;
    }
    return overlap || isFast(km, gapMillis) ? null : StayPair.SPEED;
  }
}
