package dev.lockstep.detections;

import dev.lockstep.schemas.PlaceSeen;

/** Distances on the earth, taken as a sphere with its mean radius. */
final class GreatCircle {
  static final double EARTH_RADIUS_KM = 6371.0088;

  private GreatCircle() {}

  /** Returns the distance in km by the haversine formula. */
  static double km(PlaceSeen one, PlaceSeen other) {
    double latitude1 = Math.toRadians(one.getLatitude());
    double latitude2 = Math.toRadians(other.getLatitude());
    double sinLatitude = StrictMath.sin((latitude2 - latitude1) / 2);
    double sinLongitude =
        StrictMath.sin(Math.toRadians(other.getLongitude() - one.getLongitude()) / 2);
    double a =
        sinLatitude * sinLatitude
            + StrictMath.cos(latitude1) * StrictMath.cos(latitude2) * sinLongitude * sinLongitude;
    return 2 * EARTH_RADIUS_KM * StrictMath.asin(Math.sqrt(Math.min(1, a)));
  }
}
