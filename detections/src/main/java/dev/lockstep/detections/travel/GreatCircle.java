package dev.lockstep.detections.travel;

import dev.lockstep.enrichment.geo.Place;

/**
 * Static methods that compute or compare distances of places on the earth, taken as a sphere that
 * has the earth's mean radius.
 *
 * <p>Distances are compared by the square of half their chord, in radii. A few terms of a series
 * give an upper and a lower bound of each chord, which cost less than one sine.
 */
final class GreatCircle {
  static final double EARTH_RADIUS_KM = 6371.0088;

  /**
   * Largest distance in km with which {@link #isNearer} and {@link #isFarther} can compare. Beyond
   * it a chord hardly grows with the distance, and bounds of the chord do not tell which distance
   * is larger.
   */
  static final double MOST_KM = 20_000;

  /**
   * Allowance for rounding errors when the squares of two half chords are compared, on a sphere of
   * radius 1. For distances from 100 to 19,900 km, it corresponds to less than a metre on the
   * earth.
   */
  private static final double MARGIN = 1e-9;

  private static final double RADIANS = Math.PI / 180;

  private GreatCircle() {}

  /** Returns the distance in km by the haversine formula. */
  static double km(Place one, Place other) {
    double latitude1 = Math.toRadians(one.latitude());
    double latitude2 = Math.toRadians(other.latitude());
    double sinLatitude = StrictMath.sin((latitude2 - latitude1) / 2);
    double sinLongitude = StrictMath.sin(Math.toRadians(other.longitude() - one.longitude()) / 2);
    double a =
        sinLatitude * sinLatitude
            + StrictMath.cos(latitude1) * StrictMath.cos(latitude2) * sinLongitude * sinLongitude;
    return 2 * EARTH_RADIUS_KM * StrictMath.asin(Math.sqrt(Math.min(1, a)));
  }

  /**
   * Returns the approximate distance in km, computed without a sine. Its error is at most two
   * percent from 50 km on, and less than 1 km below.
   */
  static double roughKm(Place one, Place other) {
    double across = halfLongitude(one, other);
    double along = (other.latitude() - one.latitude()) * (RADIANS / 2);
    double square =
        squaredSineAtMost(along * along)
            + cosineAtMost(one.latitude())
                * cosineAtMost(other.latitude())
                * squaredSineAtMost(across * across);
    double chord = Math.sqrt(Math.max(0, Math.min(1, square)));
    double rest =
        Math.sqrt(1 - chord)
            * (1.5707288 + chord * (-0.2121144 + chord * (0.0742610 - chord * 0.0187293)));
    return 2 * EARTH_RADIUS_KM * Math.max(0, Math.PI / 2 - rest);
  }

  /**
   * Returns whether two places are certainly nearer to each other than a given number of km. It may
   * return false for places that are nearer, because it compares an upper bound of their distance.
   * The distance to compare with is at most {@link #MOST_KM}.
   */
  static boolean isNearer(Place one, Place other, double km) {
    double across = halfLongitude(one, other);
    double along = (other.latitude() - one.latitude()) * (RADIANS / 2);
    double most =
        squaredSineAtMost(along * along)
            + cosineAtMost(one.latitude())
                * cosineAtMost(other.latitude())
                * squaredSineAtMost(across * across);
    double half = km / (2 * EARTH_RADIUS_KM);
    return most < squaredSineAtLeast(half * half) - MARGIN;
  }

  /**
   * Returns whether two places are certainly farther apart than a given number of km. It may return
   * false for places that are farther apart, because it compares a lower bound of their distance.
   * It always returns false for a number above {@link #MOST_KM}.
   */
  static boolean isFarther(Place one, Place other, double km) {
    if (km > MOST_KM) {
      return false;
    }
    double across = halfLongitude(one, other);
    double along = (other.latitude() - one.latitude()) * (RADIANS / 2);
    double least =
        squaredSineAtLeast(along * along)
            + cosineAtLeast(one.latitude())
                * cosineAtLeast(other.latitude())
                * squaredSineAtLeast(across * across);
    double half = km / (2 * EARTH_RADIUS_KM);
    return least > squaredSineAtMost(half * half) + MARGIN;
  }

  private static double halfLongitude(Place one, Place other) {
    double degrees = Math.abs(other.longitude() - one.longitude());
    // The shorter way around the earth counts.
    return (degrees > 180 ? 360 - degrees : degrees) * (RADIANS / 2);
  }

  /**
   * Returns a lower bound of the squared sine of an angle, given the square of the angle in
   * radians. The angle is at most a quarter turn.
   */
  private static double squaredSineAtLeast(double square) {
    return square * (1 + square * (-1 / 3.0 + square * (2 / 45.0 - square / 315)));
  }

  private static double squaredSineAtMost(double square) {
    return squaredSineAtLeast(square) + square * square * square * square * square * (2 / 14_175.0);
  }

  private static double cosineAtLeast(double degrees) {
    double square = degrees * degrees * (RADIANS * RADIANS);
    return Math.max(0, 1 + square * (-1 / 2.0 + square * (1 / 24.0 - square / 720)));
  }

  private static double cosineAtMost(double degrees) {
    double square = degrees * degrees * (RADIANS * RADIANS);
    return 1 + square * (-1 / 2.0 + square * (1 / 24.0 + square * (-1 / 720.0 + square / 40_320)));
  }
}
