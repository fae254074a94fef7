package dev.lockstep.enrichment.geo;

import dev.lockstep.enrichment.file.ValueParsers;
import org.jspecify.annotations.Nullable;

/**
 * Point on earth from a log record or a GeoIP database, with latitude and longitude in range and
 * not both 0.
 */
record Coordinates(double latitude, double longitude) {

  static @Nullable Coordinates of(@Nullable Double latitude, @Nullable Double longitude) {
    if (latitude == null
        || longitude == null
        || !ValueParsers.latitude(latitude)
        || !ValueParsers.longitude(longitude)
        || (latitude == 0 && longitude == 0)) {
      return null;
    }
    return new Coordinates(latitude, longitude);
  }
}
